using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data.Features;

/// <summary>Random views of the images that are trained on, whose features are computed beside those of the images: more of small classes.</summary>
internal sealed class FeatureViews
{
    /// <summary>An image has this many times as many views at most as one of the largest class: reached where that is a hundred times as large.</summary>
    internal const int MostTimes = 10;

    private readonly int[] numbers;
    private readonly Augmentation augmentation;
    private readonly ulong seed;

    /// <param name="data">The images.</param>
    /// <param name="settings">Which of its training images are trained on, how many views there are, and how they differ.</param>
    internal FeatureViews(ImageData data, DataSettings settings)
    {
        seed = settings.Seed;
        augmentation = Augmentation.Of(settings, Normalisation.Imagenet.MeanColour);
        int[] trained = TrainingData.TrainedOn(data, settings);
        IReadOnlyList<int> labels = data.Train.Labels;
        IReadOnlyList<string> classes = data.Train.Classes;
        int[] counts = ClassCounts.Of([.. trained.Select(position => labels[position])], classes.Count);
        int[] ofClasses = OfClasses(settings.Views, counts);
        (int Image, int Number)[] all =
        [
            .. trained.SelectMany(image =>
                Enumerable.Range(1, ofClasses[labels[image]]).Select(number => (image, number))
            ),
        ];
        Images = Array.ConvertAll(all, view => view.Image);
        numbers = Array.ConvertAll(all, view => view.Number);
        const int named = 10;
        Note =
            $"{data.Name}: features of {Images.Count} random views are trained on, too; of each image of a class: {string.Join(", ", classes.Zip(ofClasses).Take(named).Select(pair => $"{pair.First} {pair.Second}"))}{(classes.Count > named ? ", ..." : "")}.";
    }

    /// <summary>The image of each view: a position among all training images.</summary>
    internal IReadOnlyList<int> Images { get; }

    /// <summary>How many there are of which class, for people.</summary>
    internal string Note { get; }

    /// <summary>How many views an image of each class has: N sqrt(N_max / N_c), rounded, and at most 10 N.</summary>
    /// <param name="ofLargest">N: those of the largest class.</param>
    /// <param name="counts">The number of images of every class.</param>
    internal static int[] OfClasses(int ofLargest, IReadOnlyList<int> counts)
    {
        double largest = counts.Max();
        return
        [
            .. counts.Select(count =>
                count == 0
                    ? 0
                    : (int)
                        Math.Min(
                            MostTimes * ofLargest,
                            Math.Round(ofLargest * Math.Sqrt(largest / count), MidpointRounding.AwayFromZero)
                        )
            ),
        ];
    }

    /// <summary>What tells each view from others: its image, its number, and what decides how it differs.</summary>
    /// <param name="ofImage">What tells an image from others.</param>
    internal UInt128[] Keys(Func<int, UInt128> ofImage)
    {
        byte[] common = Encoding.UTF8.GetBytes($"{seed} {augmentation.Identity}\n");
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] own = new byte[16 + sizeof(int)];
        UInt128[] keys = new UInt128[numbers.Length];
        for (int view = 0; view < keys.Length; view++)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(own, ofImage(Images[view]));
            BinaryPrimitives.WriteInt32LittleEndian(own.AsSpan(16), numbers[view]);
            hash.AppendData(common);
            hash.AppendData(own);
            keys[view] = BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
        }

        return keys;
    }

    /// <summary>How some views differ from their images: by draws of their keys, wherever the images are.</summary>
    internal BatchAugmentation Changes(IReadOnlyList<UInt128> keys) =>
        new(augmentation, new Draws(new Draws(seed).At(DrawPurpose.View).NextBits()), Epoch: 0, FirstPlace: 0)
        {
            Places = [.. keys.Select(key => (long)(ulong)key)],
        };
}
