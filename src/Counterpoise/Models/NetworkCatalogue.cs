using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>A network that can be named in a recipe.</summary>
/// <param name="Name">The name, such as <c>resnet32</c>.</param>
/// <param name="Summary">What it is and where it comes from, in one line.</param>
/// <param name="DefaultClasses">The number of classes its parameter count is quoted for.</param>
/// <param name="Stages">The names of its stages, the input first.</param>
public sealed record NetworkDescription(string Name, string Summary, int DefaultClasses, IReadOnlyList<string> Stages)
{
    internal Func<int, Draws, StagedNetwork> Build { get; init; } = null!;

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

    /// <summary>All networks, smallest first.</summary>
    public static IReadOnlyList<NetworkDescription> All { get; } = [.. new[] { 8, 20, 32, 44, 56, 110 }.Select(Cifar)];

    /// <summary>The network of a name.</summary>
    /// <exception cref="UsageException">There is none; the message suggests the nearest name.</exception>
    public static NetworkDescription Find(string name) =>
        All.FirstOrDefault(network => network.Name == name)
        ?? throw new UsageException(
            $"model '{name}' is not known; {Nearest.Hint(name, [.. All.Select(network => network.Name)])}"
        );

    private static NetworkDescription Cifar(int depth) =>
        new(
            $"resnet{depth}",
            $"ResNet-{depth} for small images, option-A shortcuts (He et al., CVPR 2016)",
            10,
            CifarStages
        )
        {
            Build = (classes, draws) => new CifarResNet(depth, classes, draws),
        };
}
