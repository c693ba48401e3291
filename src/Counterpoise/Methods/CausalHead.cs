using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Phases;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// The classifier of Tang, Huang and Zhang (NeurIPS 2020): normalised logits over K groups of features, and in testing
/// the part of the features along their training mean taken away.
/// </summary>
/// <remarks>
/// z_c = (tau / K) sum_k w_c^k x^k / ((|w_c^k| + gamma) |x^k|); in testing x^k / |x^k| - alpha cos(x^k, d^k) d^k / |d^k|
/// stands for x^k / |x^k|. The moving sum d = mu d + mean(x) counts by its direction alone.
/// </remarks>
internal sealed class CausalHead : Head, IOnnxLayer
{
    private const string Direction = "direction";
    private readonly Parameter weight;
    private readonly CausalSettings settings;

    internal CausalHead(int features, int classes, CausalSettings settings)
        : base("causal")
    {
        this.settings = settings;
        weight = new Parameter(zeros(classes, features));
        register_parameter("weight", weight);
        register_buffer(Direction, zeros(features));
    }

    /// <param name="input">The last feature map [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes] for testing, float32.</returns>
    public override Tensor forward(Tensor input)
    {
        Tensor unit = UnitGroups(Pool(input));
        if (settings.Alpha != 0)
        {
            Tensor direction = UnitGroups(get_buffer(Direction)!.unsqueeze(0));
            Tensor cosine = (unit * direction).sum([-1], keepdim: true);
            unit -= settings.Alpha * cosine * direction;
        }

        return Logits(unit);
    }

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue groups = graph.Reshape(graph.Pool(map), 0, settings.Groups, weight.shape[1] / settings.Groups);
        OnnxValue unit = graph.Unit(groups, axis: 2);
        if (settings.Alpha != 0)
        {
            Tensor direction = UnitGroups(get_buffer(Direction)!.unsqueeze(0));
            OnnxValue along = graph.Product(unit, graph.Constant(direction));
            OnnxValue cosine = graph.SumOver(along, axis: 2);
            unit = graph.Difference(unit, graph.Product(cosine, graph.Constant(settings.Alpha * direction)));
        }

        return graph.Linear(graph.Flatten(unit), Classes(), null);
    }

    /// <inheritdoc/>
    public override HeadOutput Train(IReadOnlyList<Tensor> maps, IReadOnlyList<Tensor> labels, in StepContext context)
    {
        Tensor features = Pool(maps[0]);
        using (no_grad())
        {
            get_buffer(Direction)!.mul_(settings.Momentum).add_(features.mean([0]));
        }

        return new HeadOutput(Logits(UnitGroups(features)));
    }

    /// <summary>Refuses groups that do not divide the features of a network.</summary>
    internal static void RequireDivisor(int groups, NetworkDescription network, string by)
    {
        if (network.Features % groups != 0)
        {
            throw new UsageException(
                $"{by}.groups is {groups}, but {network.Name} has {network.Features} features; expected a divisor of that number."
            );
        }
    }

    /// <summary>The head of a network, its weights drawn uniformly in +-1 / sqrt(features).</summary>
    internal static CausalHead Create(StagedNetwork network, HeadPlace place, CausalSettings settings)
    {
        var head = new CausalHead(network.Features, place.Classes, settings);
        Initialisation.Uniform(head.weight, 1 / Math.Sqrt(network.Features), place.Draws);
        return head;
    }

    /// <param name="unit">[N, K, features / K], of length 1 in each group or what stands for it.</param>
    private Tensor Logits(Tensor unit) => unit.flatten(1).matmul(Classes().t());

    /// <summary>(tau / K) w_c^k / (|w_c^k| + gamma): [classes, features].</summary>
    private Tensor Classes()
    {
        Tensor groups = Groups(weight);
        Tensor damped = groups / (groups.norm(-1, keepdim: true, p: 2f) + settings.Gamma);
        return damped.flatten(1) * (settings.Scale / settings.Groups);
    }

    private Tensor Groups(Tensor rows) => rows.reshape(rows.shape[0], settings.Groups, -1);

    private Tensor UnitGroups(Tensor rows) => nn.functional.normalize(Groups(rows), 2, -1);
}

/// <summary>The numbers of a <see cref="CausalHead"/>.</summary>
/// <param name="Groups">K.</param>
/// <param name="Scale">tau.</param>
/// <param name="Gamma">gamma.</param>
/// <param name="Momentum">mu.</param>
/// <param name="Alpha">alpha: how much of the mean direction is taken away in testing.</param>
internal sealed record CausalSettings(int Groups, double Scale, double Gamma, double Momentum, double Alpha);
