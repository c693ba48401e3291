namespace Counterpoise.Data;

/// <summary>Rows of which the first are images, and the others random views of them: an image and its views weigh 1 together.</summary>
/// <param name="images">N: the number of images.</param>
/// <param name="views">The image of each view, in the order of their rows.</param>
internal sealed class ImageRows(int images, IReadOnlyList<int> views)
{
    private readonly Lazy<ILookup<int, int>> viewsOf = new(() =>
        views.Index().ToLookup(view => view.Item, view => images + view.Index)
    );

    /// <summary>The number of images.</summary>
    internal int Images => images;

    /// <summary>The image of each view.</summary>
    internal IReadOnlyList<int> Views => views;

    /// <summary>The number of rows.</summary>
    internal int Count => images + views.Count;

    /// <summary>The image of a row.</summary>
    internal int this[int row] => row < images ? row : views[row - images];

    /// <summary>The share of its image that each row has, above 0 and at most 1.</summary>
    internal double[] Shares => Spread(Array.ConvertAll(Sizes(), size => 1.0 / size));

    /// <summary>What each row has of its image.</summary>
    /// <param name="ofImages">What each image has.</param>
    internal T[] Spread<T>(IReadOnlyList<T> ofImages) => [.. ofImages, .. views.Select(image => ofImages[image])];

    /// <summary>The row of one of an image's views; number 0 is the image itself.</summary>
    internal int RowOf(int image, int view) => view == 0 ? image : viewsOf.Value[image].ElementAt(view - 1);

    /// <summary>How many rows an image has, itself among them.</summary>
    internal int CountOf(int image) => views.Count == 0 ? 1 : 1 + viewsOf.Value[image].Count();

    /// <summary>Some images, with their views.</summary>
    /// <param name="chosen">The images, in the order wanted; repeats are allowed.</param>
    /// <returns>The rows that they make, and which row here each of them is.</returns>
    internal (ImageRows Rows, int[] From) At(IReadOnlyList<int> chosen)
    {
        if (views.Count == 0)
        {
            return (new ImageRows(chosen.Count, []), [.. chosen]);
        }

        (int Image, int Row)[] own =
        [
            .. chosen.Index().SelectMany(image => viewsOf.Value[image.Item].Select(row => (image.Index, row))),
        ];
        return (
            new ImageRows(chosen.Count, Array.ConvertAll(own, view => view.Image)),
            [.. chosen, .. own.Select(view => view.Row)]
        );
    }

    private int[] Sizes()
    {
        int[] sizes = new int[images];
        Array.Fill(sizes, 1);
        foreach (int image in views)
        {
            sizes[image]++;
        }

        return sizes;
    }
}
