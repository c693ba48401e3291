using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data;

/// <summary>A data set made ready for one run: its imbalanced training part, what is held out of it, and its test part.</summary>
internal sealed class TrainingData
{
    private TrainingData(ImageData data, DataSettings settings, IImageSource train, IImageSource? heldOut)
    {
        Name = data.Name;
        Seed = settings.Seed;
        Train = train;
        HeldOut = heldOut;
        Test = data.Test;
        TestGroups = data.TestGroups;
        Notes =
            data.Validation is not null && heldOut != data.Validation
                ?
                [
                    .. data.Notes,
                    $"{data.Name}: its validation part, {data.Validation.Count} images, is not used: {(settings.HeldOutFolds > 0 ? $"data.held_out_folds = {settings.HeldOutFolds}" : $"data.held_out = {settings.HeldOut}")} holds out images of the training part instead.",
                ]
                : [.. data.Notes, .. UnevenNotes(data, settings, heldOut)];
        if (settings.Normalisation == NormalisationKind.Imagenet)
        {
            Notes =
            [
                .. Notes,
                $"{data.Name}: pixels are normalised as is usual for ImageNet, by {Normalisation.Imagenet.Described}.",
            ];
        }

        ClassCounts = Data.ClassCounts.Of(train);
        Normalisation =
            settings.Normalisation == NormalisationKind.Imagenet
                ? Normalisation.Imagenet
                : data.NormalisationFor(train);
        Augmentation = Augmentation.Of(settings, Normalisation.IsOfPixels ? Normalisation.MeanColour : default);
        IEnumerable<IImageSource> parts = heldOut is null ? [train, Test] : [train, Test, heldOut];
        string fingerprints = string.Concat(parts.Select(Data.Fingerprint.Of));
        Reading = data.Reading;
        FeaturesIdentity = data.FeaturesIdentity;
        OwnSize =
            data.FeaturesIdentity is not null && train.Pictures.Height != settings.ImageSize
                ? train.Pictures.Height
                : null;
        string identity = fingerprints + Reading?.Identity;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
    }

    /// <summary>The data set's name.</summary>
    public string Name { get; }

    /// <summary>The images that are trained on.</summary>
    public IImageSource Train { get; }

    /// <summary>The group of each of those, as a number, whose images stay on one side of a split; null for none.</summary>
    public IReadOnlyList<int>? Groups { get; private init; }

    /// <summary>The seed of every choice of images.</summary>
    public ulong Seed { get; }

    /// <summary>Images for choosing hyper-parameters: held out of training, or else the data's own validation part; or null.</summary>
    public IImageSource? HeldOut { get; }

    /// <summary>Which of the training images they are; null where they are none.</summary>
    public HeldOutPart? HeldOutPart { get; private init; }

    /// <summary>The images that are tested on.</summary>
    public IImageSource Test { get; }

    /// <summary>The group of each of those, as a number; null for none.</summary>
    public IReadOnlyList<int>? TestGroups { get; }

    /// <summary>What the user must be told about the data, one line each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The number of training images of every class, without those held out.</summary>
    public IReadOnlyList<int> ClassCounts { get; }

    /// <summary>The imbalance ratio: the largest class's size over the smallest's.</summary>
    public double Rho => (double)ClassCounts.Max() / ClassCounts.Min();

    /// <summary>The random changes of training images.</summary>
    public Augmentation Augmentation { get; }

    /// <summary>What pixels are normalised with.</summary>
    public Normalisation Normalisation { get; }

    /// <summary>How image files became pixels; null where the data has pixels of its own.</summary>
    public ImageReading? Reading { get; }

    /// <summary>What tells the frozen network that made features of the images from others; null for pixels.</summary>
    public string? FeaturesIdentity { get; }

    /// <summary>Height and width of the images that were resized for the frozen network; null where none were.</summary>
    public int? OwnSize { get; }

    /// <summary>Identifies the training and test images: 64 hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Makes the imbalanced version of a data set and holds images out.</summary>
    /// <param name="data">The data set, which must stay open for as long as the result is used.</param>
    /// <param name="settings">Imbalance, held-out images and augmentation.</param>
    /// <exception cref="UsageException">A class would be left without a training image, or there are no original files to cut from.</exception>
    public static TrainingData Prepare(ImageData data, DataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        RequireOriginals(data, settings);
        int[] selected = Selected(data, settings);
        var train = new ImageSubset(data.Train, selected);
        int[]? groups = data.Groups is null ? null : [.. selected.Select(position => data.Groups[position])];
        if (!settings.HoldsOut)
        {
            return new TrainingData(data, settings, train, data.Validation) { Groups = groups };
        }

        (int[] kept, int[] heldOut) = Divide(train, groups, settings);
        return new TrainingData(data, settings, new ImageSubset(train, kept), new ImageSubset(train, heldOut))
        {
            Groups = groups is null ? null : [.. kept.Select(position => groups[position])],
            HeldOutPart = new HeldOutPart(
                settings.HeldOutFolds > 0 ? settings.HeldOutSplit : null,
                heldOut,
                groups is null ? null : [.. heldOut.Select(position => groups[position])]
            ),
        };
    }

    /// <exception cref="UsageException">There are no original files to cut from.</exception>
    internal static void RequireOriginals(ImageData data, DataSettings settings)
    {
        if (settings.CropFrom == CropSource.Original && !data.Train.HasOriginals)
        {
            throw new UsageException(
                $"data.crop_from is original, but the images of {data.Name} are in memory, packed or of one size, and no files that are decoded whenever they are read; "
                    + $"give image files and leave {Named("images")} to stream, or set data.crop_from=stored."
            );
        }
    }

    /// <summary>The positions of the training images that are trained on: those that the imbalanced version has, without those held out.</summary>
    internal static int[] TrainedOn(ImageData data, DataSettings settings)
    {
        int[] selected = Selected(data, settings);
        if (!settings.HoldsOut)
        {
            return selected;
        }

        int[]? groups = data.Groups is null ? null : [.. selected.Select(position => data.Groups[position])];
        return Array.ConvertAll(
            Divide(new ImageSubset(data.Train, selected), groups, settings).Train,
            image => selected[image]
        );
    }

    private static (int[] Train, int[] HeldOut) Divide(ImageSubset train, int[]? groups, DataSettings settings) =>
        settings.HeldOutFolds > 0
            ? WithoutFold(train, groups, settings)
            : Data.HeldOut.Split(
                train.Labels,
                train.Classes.Count,
                settings.HeldOut,
                settings.Seed,
                settings.HeldOutSplit,
                groups
            );

    private static (int[] Train, int[] HeldOut) WithoutFold(ImageSubset train, int[]? groups, DataSettings settings)
    {
        var folds = TrainingFolds.Of(train.Labels, train.Classes.Count, groups, settings.HeldOutFolds, settings.Seed);
        bool[] isSeen = folds.SeenWithout(settings.HeldOutSplit);
        return ([.. Enumerable.Range(0, train.Count).Where(image => isSeen[image])], folds.Of(settings.HeldOutSplit));
    }

    /// <summary>The positions of the training images that the imbalanced version has, those held out among them.</summary>
    internal static int[] Selected(ImageData data, DataSettings settings) =>
        new Imbalance(settings.Imbalance, settings.Rho).Select(data.Train.Labels, data.Train.Classes, settings.Seed);

    /// <summary>Whole groups may not come to the number that is wanted of every class.</summary>
    private static string[] UnevenNotes(ImageData data, DataSettings settings, IImageSource? heldOut)
    {
        if (heldOut is null || heldOut == data.Validation || data.Groups is null || settings.HeldOut == 0)
        {
            return [];
        }

        int[] counts = Data.ClassCounts.Of(heldOut);
        string[] other =
        [
            .. counts
                .Index()
                .Where(held => held.Item != settings.HeldOut)
                .Select(held => $"{heldOut.Classes[held.Index]} {held.Item}"),
        ];
        return other.Length == 0
            ? []
            :
            [
                $"{data.Name}: data.held_out is {settings.HeldOut}, but groups are kept whole, so that these classes have other numbers held out: {string.Join(", ", other.Take(10))}{(other.Length > 10 ? ", ..." : "")}.",
            ];
    }
}
