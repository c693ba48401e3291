using Counterpoise.Basics;
using Counterpoise.Interop.Onnx;
using Counterpoise.Kernels;
using Counterpoise.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Batch normalisation with float32 parameters and statistics for inputs of any precision.</summary>
/// <remarks>Momentum 0.1 and epsilon 1e-5; parameters and buffers are named as in PyTorch.</remarks>
internal sealed class BatchNormalisation : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private long counted;

    internal BatchNormalisation(string name, int channels)
        : base(name)
    {
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
        register_buffer("running_mean", zeros(channels));
        register_buffer("running_var", ones(channels));
        register_buffer("num_batches_tracked", zeros([], dtype: ScalarType.Int64));
    }

    /// <summary>Whether batches are counted on the processor until <see cref="WriteCount"/>: an operator less for each layer and step.</summary>
    internal bool CountsApart { get; set; }

    /// <summary>Those whose images are normalised together while training.</summary>
    internal Ranks Ranks { get; set; } = Ranks.Alone;

    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <returns>[N, C, H, W] of the input's type.</returns>
    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            Count(input);
            RequireAlone();
        }

        return nn.functional.batch_norm(
            input,
            Statistic("running_mean"),
            Statistic("running_var"),
            weight,
            bias,
            training,
            Momentum,
            Epsilon
        );
    }

    /// <summary>max(0, normalise(convolution(input)) [+ shortcut]): what most layers of a network are made of.</summary>
    /// <param name="convolution">Computed first.</param>
    /// <param name="input">[N, C, H, W], float32 or bfloat16.</param>
    /// <param name="shortcut">Like the result, or null.</param>
    /// <returns>[N, outputs, H', W'] of the input's type.</returns>
    internal Tensor Activate(Convolution convolution, Tensor input, Tensor? shortcut = null) =>
        IsFixed(input) ? ActivateFixed(convolution, input, shortcut) : Activate(convolution.call(input), shortcut);

    /// <summary>max(0, normalise(convolution(input))), and the input once more for a shortcut around it and what follows.</summary>
    internal (Tensor Output, Tensor Input) Fork(Convolution convolution, Tensor input)
    {
        if (IsFixed(input))
        {
            return (ActivateFixed(convolution, input, null), input);
        }

        (Tensor map, Tensor again) = convolution.Fork(input);
        return (Activate(map, null), again);
    }

    /// <summary>max(0, normalise(map) [+ shortcut]).</summary>
    internal Tensor Activate(Tensor map, Tensor? shortcut = null)
    {
        if (training && Handles(map))
        {
            Tensor ordered = Maps.Ordered(map);
            return NormalisationFunction.Activate(ordered, weight, bias, shortcut, Observe(ordered), Epsilon);
        }

        Tensor normalised = call(map);
        return (shortcut is null ? normalised : normalised.add_(shortcut)).relu_();
    }

    public OnnxValue Export(OnnxGraph graph, OnnxValue map) =>
        graph.Normalise(map, (weight, bias, Statistic("running_mean"), Statistic("running_var")), Epsilon);

    /// <summary>As ONNX operators: max(0, normalise(map) [+ shortcut]).</summary>
    internal OnnxValue ExportActivated(OnnxGraph graph, OnnxValue map, OnnxValue? shortcut = null)
    {
        OnnxValue normalised = Export(graph, map);
        return graph.Relu(shortcut is { } around ? graph.Sum(normalised, around) : normalised);
    }

    /// <summary>Whether the moments are fixed and nobody asks for gradients.</summary>
    private bool IsFixed(Tensor input) =>
        !training && !is_grad_enabled() && weight.dtype == ScalarType.Float32 && Maps.Handle(input, weight.shape[0]);

    /// <summary>Whether the kernels can normalise a map: their parameters and statistics are float32.</summary>
    private bool Handles(Tensor map) =>
        weight.dtype == ScalarType.Float32 && map.shape[1] == weight.shape[0] && Maps.Handle(map);

    private Tensor ActivateFixed(Convolution convolution, Tensor input, Tensor? shortcut)
    {
        var normalisation = FixedNormalisation.Of(
            weight,
            bias,
            Statistic("running_mean"),
            Statistic("running_var"),
            Epsilon
        );
        return convolution.Activate(input, normalisation, shortcut);
    }

    /// <summary>The moments of a batch, after they have moved the running statistics.</summary>
    private BatchMoments Observe(Tensor map)
    {
        Count(map);
        BatchMoments moments = BatchMoments.Of(map).AcrossRanks(Ranks);
        moments.Move(Statistic("running_mean"), Statistic("running_var"), Momentum);
        return moments;
    }

    /// <summary>Only the kernels sum moments over ranks.</summary>
    private void RequireAlone()
    {
        if (Ranks.Count > 1)
        {
            throw new UsageException(
                "training.batch_norm is synchronised, but this network has layers whose moments cannot be summed over ranks "
                    + "(they are for the CPU, a rectifier after the normalisation and channels in multiples of 16); choose local."
            );
        }
    }

    /// <summary>Counts a batch, which needs a variance.</summary>
    private void Count(Tensor map)
    {
        if (MapShape.Of(map).Pixels == 1)
        {
            throw new CounterpoiseException(
                "A batch of one image whose feature map is 1x1 leaves one value a channel, which cannot be normalised; "
                    + "use larger images, or a batch size that leaves no single image for the last batch."
            );
        }

        counted++;
        if (!CountsApart)
        {
            WriteCount();
        }
    }

    /// <summary>Brings the number of batches in the buffer up to date.</summary>
    internal void WriteCount()
    {
        if (counted > 0)
        {
            Statistic("num_batches_tracked").add_(counted);
            counted = 0;
        }
    }

    /// <summary>Looked up each time: moving a module to another device replaces its buffers.</summary>
    private Tensor Statistic(string name) => get_buffer(name)!;
}
