using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Results.Export;
using Counterpoise.Runs;

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
        Open(new DataSettings { Features = name, ImageSize = size }, threads);

    /// <summary>The classifier of a run, together with the frozen network whose features it was trained on, where there is one, as an ONNX model that takes pixels.</summary>
    /// <param name="run">The run folder, finished or not.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="CounterpoiseException">It is no run folder, its checkpoint is missing or damaged, or the frozen network is missing or another one.</exception>
    /// <exception cref="UsageException">The networks cannot be written as the options want it.</exception>
    public static OnnxModel ToOnnx(string run, OnnxOptions? options = null)
    {
        using RunFolder folder = RunFolder.Open(run, write: false);
        return ToOnnx(folder, options);
    }

    /// <inheritdoc cref="ToOnnx(string, OnnxOptions?)"/>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <param name="trustModel">Whether the frozen network may have parts that cannot be checked, whatever the run's recipe says.</param>
    internal static OnnxModel ToOnnx(
        RunFolder folder,
        OnnxOptions? options = null,
        string? checkpoint = null,
        bool trustModel = false
    )
    {
        DataSettings settings = TrainingPlan.Of(folder, ResumeOptions.AnyDevice).Recipe.Data;
        if (settings.Features.Length == 0)
        {
            return ClassifierExport.ToOnnx(folder, options, checkpoint);
        }

        FrozenNetwork frozen = Find(settings);
        frozen = frozen with { IsTrusted = frozen.IsTrusted || trustModel };
        return ClassifierExport.ToOnnx(frozen, folder, options, checkpoint);
    }

    /// <inheritdoc cref="Open(string, int, int?)"/>
    /// <param name="settings">The name or path, and what images are like.</param>
    /// <param name="threads">Threads; null for one a processor.</param>
    internal static OnnxExtractor Open(DataSettings settings, int? threads = null) => new(Find(settings), threads);

    /// <summary>The network that a recipe names.</summary>
    /// <exception cref="UsageException">There is no such name or file.</exception>
    /// <exception cref="CounterpoiseException">The file is no network of images, or what is said of it makes no sense.</exception>
    internal static FrozenNetwork Find(DataSettings settings)
    {
        string name = settings.Features;
        byte[] content = Content(name);
        (FeaturePreparation preparation, IReadOnlyList<string> notes) =
            name == ResNet18 ? (OwnPreparation(settings), []) : SaidOf(name, content).Of(settings);
        return new FrozenNetwork(name, content, preparation)
        {
            Output = settings.FeaturesOutput,
            IsTrusted = settings.FeaturesTrusted,
            Notes = notes,
        };
    }

    /// <summary>The height and width that a network's file declares, in pixels; the usual 224 where it takes any.</summary>
    /// <exception cref="UsageException">There is no such name or file.</exception>
    /// <exception cref="CounterpoiseException">The file is no network of images.</exception>
    public static int UsualSizeOf(string name) => Sized(new DataSettings { Features = name }).ImageSize;

    /// <summary>Settings with the sizes that a network wants: what its file or a file beside it says, else the usual ones.</summary>
    /// <exception cref="UsageException">There is no such name or file.</exception>
    /// <exception cref="CounterpoiseException">The file is no network of images, or what is said of it makes no sense.</exception>
    internal static DataSettings Sized(DataSettings settings)
    {
        string name = settings.Features;
        return name == ResNet18
            ? settings with
            {
                ImageSize = OfResNet18.Size,
            }
            : SaidOf(name, Content(name)).Sized(settings);
    }

    private static FrozenPreparation SaidOf(string name, byte[] content)
    {
        try
        {
            return new FrozenPreparation(name, content);
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

    /// <summary>What the network that comes along was trained on, unless the recipe says otherwise.</summary>
    private static FeaturePreparation OwnPreparation(DataSettings settings) =>
        new(
            settings.ImageSize,
            ChannelValues.Parse("data.features_mean", settings.FeaturesMean, isPositive: false) ?? OfResNet18.Mean,
            ChannelValues.Parse("data.features_std", settings.FeaturesStd, isPositive: true) ?? OfResNet18.Std,
            settings.FeaturesOrder == ChannelOrder.Auto
                ? OfResNet18.BlueFirst
                : settings.FeaturesOrder == ChannelOrder.Bgr
        );

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
