using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Methods;

/// <summary>
/// The two branches of BBN (Zhou et al., CVPR 2020): the network's last block twice, one for images as they come and one
/// for images of reversed class sizes, and a linear classifier over both branches' pooled features.
/// </summary>
/// <remarks>
/// With l = 1 - (e / E)^2 in epoch e of E, from 0: z = W 2 [l f_c; (1 - l) f_r] + b in training, W [f_c; f_r] + b in testing.
/// </remarks>
internal sealed class BilateralHead : Head, IOnnxLayer
{
    private readonly nn.Module<Tensor, Tensor> conventional;
    private readonly nn.Module<Tensor, Tensor> rebalancing;
    private readonly Parameter weight;
    private readonly Parameter bias;

    internal BilateralHead(Func<nn.Module<Tensor, Tensor>> block, int features, int classes)
        : base("bilateral")
    {
        conventional = block();
        rebalancing = block();
        weight = new Parameter(zeros(classes, 2 * features));
        bias = new Parameter(zeros(classes));
        register_module("conventional", conventional);
        register_module("rebalancing", rebalancing);
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /// <param name="input">The map before the last block [N, C, H, W], any precision.</param>
    /// <returns>Logits [N, classes], float32.</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.linear(cat([Pool(conventional.call(input)), Pool(rebalancing.call(input))], 1), weight, bias);

    public OnnxValue Export(OnnxGraph graph, OnnxValue map)
    {
        OnnxValue first = graph.Pool(conventional.Export(graph, map));
        OnnxValue second = graph.Pool(rebalancing.Export(graph, map));
        return graph.Linear(graph.Concatenate(first, second), weight, bias);
    }

    /// <param name="maps">The map before the last block of the images as they come, and of those of reversed class sizes.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="context">Where training stands.</param>
    public override HeadOutput Train(IReadOnlyList<Tensor> maps, IReadOnlyList<Tensor> labels, in StepContext context)
    {
        double share = Share(context);
        Tensor features = cat(
            [Pool(conventional.call(maps[0])) * (2 * share), Pool(rebalancing.call(maps[1])) * (2 * (1 - share))],
            1
        );
        return new HeadOutput(nn.functional.linear(features, weight, bias), Shares: [share, 1 - share]);
    }

    /// <summary>l: the share of the images as they come.</summary>
    internal static double Share(in StepContext context) => 1 - (context.Progress * context.Progress);
}
