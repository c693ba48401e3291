using System.Globalization;

namespace Counterpoise.Data.Formats;

/// <summary>The file layout of one binary CIFAR distribution.</summary>
/// <param name="Name">The data set's short name.</param>
/// <param name="Title">The data set's name in messages.</param>
/// <param name="Folder">The folder its archive unpacks to.</param>
/// <param name="LabelBytes">Label bytes before each image; the last of them is the label used.</param>
/// <param name="TrainFiles">The training batches, in order.</param>
/// <param name="TestFile">The test batch.</param>
/// <param name="NamesFile">A class name per line.</param>
/// <param name="TrainImages">Images in all training batches as published.</param>
/// <param name="Names">The class names where the names file is missing.</param>
/// <remarks>Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; the page "binary version".</remarks>
internal sealed record CifarLayout(
    string Name,
    string Title,
    string Folder,
    int LabelBytes,
    IReadOnlyList<string> TrainFiles,
    string TestFile,
    string NamesFile,
    int TrainImages,
    IReadOnlyList<string> Names
)
{
    public const int Size = 32;
    public const int PixelBytes = 3 * Size * Size;
    public const int TestImages = 10_000;

    public static CifarLayout Cifar10 { get; } =
        new(
            "cifar10",
            "CIFAR-10",
            "cifar-10-batches-bin",
            1,
            [.. Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin")],
            "test_batch.bin",
            "batches.meta.txt",
            50_000,
            ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
        );

    public static CifarLayout Cifar100 { get; } =
        new(
            "cifar100",
            "CIFAR-100",
            "cifar-100-binary",
            2,
            ["train.bin"],
            "test.bin",
            "fine_label_names.txt",
            50_000,
            [.. Enumerable.Range(0, 100).Select(label => label.ToString(CultureInfo.InvariantCulture))]
        );

    public int RecordBytes => LabelBytes + PixelBytes;

    public IEnumerable<string> Files => [.. TrainFiles, TestFile, NamesFile];

    /// <summary>Which layout a listing of file names belongs to, if any: one file of it is enough.</summary>
    public static CifarLayout? Recognise(IReadOnlyCollection<string> files) =>
        new[] { Cifar10, Cifar100 }.FirstOrDefault(layout => layout.Files.Any(files.Contains));
}
