using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>A network that can be named in a recipe.</summary>
/// <param name="Name">The name, such as <c>resnet32</c>.</param>
/// <param name="Summary">What it is and where it comes from, in one line.</param>
/// <param name="DefaultClasses">The number of classes its parameter count is quoted for.</param>
/// <param name="Stages">The names of its stages, the input first.</param>
/// <param name="Features">The number of channels of the last stage's map.</param>
public sealed record NetworkDescription(
    string Name,
    string Summary,
    int DefaultClasses,
    IReadOnlyList<string> Stages,
    int Features
)
{
    /// <summary>Builds it from a number of classes and the run's draws, its parameters drawn and its head in place.</summary>
    public required Func<int, Draws, StagedNetwork> Build { get; init; }

    /// <summary>Whether <see cref="StagedNetwork.TakeLastBlock"/> can take its last block out.</summary>
    public bool HasLastBlock { get; init; } = true;

    /// <summary>Height and width of the images that it is made for, in pixels.</summary>
    internal int ImageSize { get; init; } = 224;

    /// <summary>Whether it is a classifier alone, on vectors that another network made.</summary>
    internal bool TakesFeatures => Stages.Count == 1;

    /// <summary>The number of trainable numbers with the default number of classes.</summary>
    public long CountParameters()
    {
        using StagedNetwork network = Create(DefaultClasses, new Draws(0));
        return network.ParameterCount;
    }

    /// <summary>Builds the network with its initial parameters, on the CPU, in float32.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <param name="draws">The run's draws: the same seed gives the same parameters.</param>
    public StagedNetwork Create(int classes, Draws draws)
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        StagedNetwork network = Build(classes, draws);
        foreach (Tensor tensor in network.parameters().Concat(network.buffers()))
        {
            tensor.DetachFromDisposeScope(); // The network owns them, not whatever scope the caller is in.
        }

        return network;
    }
}

/// <summary>The networks that a recipe can name.</summary>
public static class NetworkCatalogue
{
    private static readonly string[] CifarStages = ["input", "layer1", "layer2", "layer3"];

    private static readonly string[] ResNetStages = ["input", "layer1", "layer2", "layer3", "layer4"];
    private static readonly string[] DenseNetStages =
    [
        "input",
        "denseblock1",
        "denseblock2",
        "denseblock3",
        "denseblock4",
    ];

    /// <summary>All networks: those for small images first, the smallest first.</summary>
    public static IReadOnlyList<NetworkDescription> All { get; } =
    [
        .. new[] { 8, 20, 32, 44, 56, 110 }.Select(Cifar),
        Dense("cifar-densenet121", "DenseNet-121 for small images, 3x3 stem (Huang et al., CVPR 2017)", 10, true),
        Residual(
            "tiny-resnet18",
            "ResNet-18 for images of 64x64, 3x3 stem without max-pool (He et al., CVPR 2016)",
            200,
            new ResNetSettings(2, 2, 2, 2) { SmallImages = true }
        ) with
        {
            ImageSize = 64,
        },
        new(
            "resnet12",
            "ResNet-12 for images of 84x84, as in few-shot learning (Ye et al., CVPR 2020)",
            511,
            ResNetStages,
            640
        )
        {
            ImageSize = 84,
            Build = (classes, draws) => new ResNet12("resnet12", classes, draws),
        },
        Residual("resnet10", "ResNet-10 (He et al., CVPR 2016)", 1000, new ResNetSettings(1, 1, 1, 1)),
        Residual("resnet18", "ResNet-18 (He et al., CVPR 2016)", 1000, new ResNetSettings(2, 2, 2, 2)),
        Residual("resnet34", "ResNet-34 (He et al., CVPR 2016)", 1000, new ResNetSettings(3, 4, 6, 3)),
        Residual(
            "resnet50",
            "ResNet-50 (He et al., CVPR 2016)",
            1000,
            new ResNetSettings(3, 4, 6, 3) { Bottleneck = true }
        ),
        Residual(
            "resnext50",
            "ResNeXt-50 32x4d (Xie et al., CVPR 2017)",
            1000,
            new ResNetSettings(3, 4, 6, 3)
            {
                Bottleneck = true,
                Groups = 32,
                GroupWidth = 4,
            }
        ),
        Dense("densenet121", "DenseNet-121 (Huang et al., CVPR 2017)", 1000, false),
    ];

    /// <summary>The network of a name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static NetworkDescription Find(string name) =>
        All.FirstOrDefault(network => network.Name == name)
        ?? OfFeatures(name)
        ?? throw new UsageException(
            $"model '{name}' is not known; {Nearest.Hint(name, [.. All.Select(network => network.Name)])}"
        );

    /// <summary>The network of a name such as <c>features512</c>; null for another name.</summary>
    private static NetworkDescription? OfFeatures(string name) =>
        name.StartsWith(FeatureNetwork.Prefix, StringComparison.Ordinal)
        && int.TryParse(
            name.AsSpan(FeatureNetwork.Prefix.Length),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int features
        )
        && features is > 0 and <= FeatureNetwork.MostFeatures
            ? FeatureNetwork.Description(features)
            : null;

    private static NetworkDescription Residual(string name, string summary, int classes, ResNetSettings settings) =>
        new(name, summary, classes, ResNetStages, settings.Bottleneck ? 2048 : 512)
        {
            Build = (count, draws) => new ResNet(name, settings, count, draws),
        };

    private static NetworkDescription Dense(string name, string summary, int classes, bool smallImages) =>
        new(name, summary, classes, DenseNetStages, 1024)
        {
            HasLastBlock = false,
            ImageSize = smallImages ? 32 : 224,
            Build = (count, draws) => new DenseNet(name, smallImages, count, draws),
        };

    private static NetworkDescription Cifar(int depth) =>
        new(
            $"resnet{depth}",
            $"ResNet-{depth} for small images, option-A shortcuts (He et al., CVPR 2016)",
            10,
            CifarStages,
            64
        )
        {
            ImageSize = 32,
            Build = (classes, draws) => new CifarResNet(depth, classes, draws),
        };
}
