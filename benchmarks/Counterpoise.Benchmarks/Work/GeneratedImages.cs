using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Labelled 32x32 images of noise: what they show changes nothing about how long they take.</summary>
internal static class GeneratedImages
{
    /// <param name="counts">Images of each class; the classes follow one another.</param>
    /// <param name="seed">The same seed gives the same images.</param>
    internal static InMemoryImages Of(IReadOnlyList<int> counts, int seed)
    {
        int[] labels = [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        InMemoryImages images = InMemoryImages.Allocate(
            labels,
            [.. counts.Select((_, label) => $"class {label}")],
            CifarLayout.Size,
            CifarLayout.Size
        );
        var noise = new Random(seed);
        for (int i = 0; i < images.Count; i++)
        {
            noise.NextBytes(images.Pixels(i));
        }

        return images;
    }

    /// <summary>A number of images spread over classes as evenly as can be; there may be classes without any.</summary>
    internal static InMemoryImages Spread(int images, int classes, int seed) =>
        Of([.. Enumerable.Range(0, classes).Select(c => (images / classes) + (c < images % classes ? 1 : 0))], seed);

    /// <summary>A data set to train on.</summary>
    internal static ImageData DataSet(IReadOnlyList<int> trainCounts, int testImages) =>
        new("generated", Of(trainCounts, seed: 1), Spread(testImages, trainCounts.Count, seed: 2), []);

    /// <summary>Writes a data set in the layout of CIFAR-10's binary version, which readers in any language know.</summary>
    internal static void WriteCifar(string folder, IReadOnlyList<int> trainCounts, int testImages)
    {
        using ImageData data = DataSet(trainCounts, testImages);
        CifarLayout layout = CifarLayout.Cifar10;
        int[][] parts = [.. Enumerable.Range(0, data.Train.Count).Chunk(Share(data.Train.Count, layout))];
        foreach ((string name, int[] positions) in layout.TrainFiles.Zip(parts))
        {
            Write(Path.Combine(folder, name), (InMemoryImages)data.Train, positions);
        }

        Write(Path.Combine(folder, layout.TestFile), (InMemoryImages)data.Test, Enumerable.Range(0, data.Test.Count));
    }

    private static int Share(int images, CifarLayout layout) =>
        (images + layout.TrainFiles.Count - 1) / layout.TrainFiles.Count;

    private static void Write(string file, InMemoryImages images, IEnumerable<int> positions)
    {
        using FileStream stream = File.Create(file);
        foreach (int position in positions)
        {
            stream.WriteByte((byte)images.Labels[position]);
            stream.Write(images.Pixels(position));
        }
    }
}
