using Counterpoise.Basics;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;

namespace Counterpoise.Features;

/// <summary>The frozen networks that can be named, and files of others.</summary>
public static class FeatureExtractors
{
    /// <summary>The name of the one that comes with this package: ResNet-18 trained on ImageNet.</summary>
    public const string ResNet18 = "resnet18";

    private const string OwnFile = "resnet18-imagenet.onnx";

    /// <summary>
    /// What that network was trained on: blue, green, red from 0 to 255 less the means of the images it saw, which are those of
    /// the mean image in the package Microsoft.ML.DnnImageFeaturizer.ResNet18.
    /// </summary>
    private static readonly FeaturePreparation OfResNet18 = new(
        224,
        [123.15163f / 255, 115.902885f / 255, 103.06262f / 255],
        [1 / 255f, 1 / 255f, 1 / 255f],
        BlueFirst: true
    );

    /// <summary>Opens one.</summary>
    /// <param name="name">A name, or the path of an ONNX file.</param>
    /// <param name="size">Height and width of the images that it is to take, in pixels.</param>
    /// <param name="threads">Threads; null for one a processor.</param>
    /// <exception cref="UsageException">There is no such name or file.</exception>
    /// <exception cref="CounterpoiseException">The file is no network that makes one vector of each image of that size.</exception>
    public static IFeatureExtractor Open(string name, int size, int? threads = null) =>
        new OnnxExtractor(name, Content(name), PreparationOf(name) with { Size = size }, threads);

    /// <summary>The height and width that a network's file declares, in pixels; the usual 224 where it takes any.</summary>
    /// <exception cref="UsageException">There is no such name or file.</exception>
    /// <exception cref="CounterpoiseException">The file is no network of images.</exception>
    public static int UsualSizeOf(string name)
    {
        try
        {
            return name == ResNet18
                ? OfResNet18.Size
                : ExtractorGraph.DeclaredSize(Content(name)) ?? PreparationOf(name).Size;
        }
        catch (FormatException fault)
        {
            throw new CounterpoiseException($"{name}: cannot make features: {fault.Message}.", fault);
        }
    }

    /// <summary>Why the network that comes with this package cannot be opened, and what to do; null where it can.</summary>
    internal static string? Lacking =>
        File.Exists(OwnPath)
            ? null
            : $"{OwnPath} is not there: the slim tool comes without it. "
                + "Take tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx out of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 and put it there under that name";

    private static string OwnPath => Path.Combine(AppContext.BaseDirectory, OwnFile);

    private static FeaturePreparation PreparationOf(string name) =>
        name == ResNet18 ? OfResNet18 : FeaturePreparation.ImageNet;

    private static byte[] Content(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string path = name == ResNet18 ? OwnPath : name;
        if (!File.Exists(path))
        {
            throw new UsageException(
                name == ResNet18
                    ? $"{SettingName.Named("data.features")} is {ResNet18}, but {Lacking}."
                    : $"{SettingName.Named("data.features")} is {name}, but there is no such file; expected {ResNet18} or an ONNX file."
            );
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }
}
