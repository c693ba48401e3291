using Counterpoise.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace Counterpoise.Kernels;

/// <summary>max(0, normalise(x) [+ shortcut]) with the moments of the batch, and its gradients.</summary>
internal sealed class NormalisationFunction : MapFunction<NormalisationFunction>
{
    /// <param name="input">x: an ordered map [N, C, H, W], float32 or bfloat16.</param>
    /// <param name="weight">[C], float32.</param>
    /// <param name="bias">[C], float32.</param>
    /// <param name="shortcut">Like the input, or null.</param>
    /// <param name="moments">The input's.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>Like the input.</returns>
    internal static Tensor Activate(
        Tensor input,
        Tensor weight,
        Tensor bias,
        Tensor? shortcut,
        BatchMoments moments,
        double epsilon
    ) => Apply(input, weight, bias, Like(input, shortcut)!, moments, epsilon)[0];

    /// <summary>The same with fixed moments, without gradients, in the input's own memory.</summary>
    /// <param name="input">x: a map [N, C, H, W], float32 or bfloat16, that nobody else needs.</param>
    /// <param name="normalisation">Of its channels.</param>
    /// <param name="shortcut">Like the input, or null.</param>
    internal static unsafe Tensor ActivateInPlace(Tensor input, FixedNormalisation normalisation, Tensor? shortcut)
    {
        Tensor map = Maps.Ordered(input);
        float* scale = Maps.Vector(normalisation.Scale);
        float* shift = Maps.Vector(normalisation.Shift);
        Activate(map, map, Like(map, shortcut), null, scale, shift);
        GC.KeepAlive(normalisation);
        return map;
    }

    protected override unsafe List<Tensor> Compute(AutogradContext context, object[] inputs)
    {
        var input = (Tensor)inputs[0];
        var weight = (Tensor)inputs[1];
        var bias = (Tensor)inputs[2];
        var shortcut = (Tensor?)inputs[3];
        var moments = (BatchMoments)inputs[4];
        double epsilon = (double)inputs[5];

        int channels = (int)input.shape[1];
        Tensor constants = empty(2, channels);
        float* mean = Maps.Vector(constants);
        float* inverse = mean + channels;
        float* w = Maps.Vector(weight);
        float* b = Maps.Vector(bias);
        using var memory = new Scratch(2 * channels);
        float* scale = memory.Memory;
        float* shift = scale + channels;
        for (int channel = 0; channel < channels; channel++)
        {
            double r = 1 / Math.Sqrt(moments.Variance[channel] + epsilon);
            mean[channel] = (float)moments.Mean[channel];
            inverse[channel] = (float)r;
            scale[channel] = (float)(w[channel] * r);
            shift[channel] = (float)(b[channel] - (moments.Mean[channel] * w[channel] * r));
        }

        var shape = MapShape.Of(input);
        Tensor output = Maps.Empty(shape, channels, input.dtype);
        Tensor mask = empty(shape.Pixels * channels / 8, dtype: ScalarType.Byte);
        Activate(input, output, shortcut, TensorMemory.Address(mask, ScalarType.Byte), scale, shift);
        context.save_for_backward([input, weight, mask, constants]);
        context.save_data(nameof(IActivation.Adds), shortcut is not null);
        context.save_data(nameof(BatchMoments), moments);
        return [output];
    }

    protected override Tensor?[] Gradients(List<Tensor> saved, AutogradContext context, Tensor?[] gradients)
    {
        Tensor gradient = gradients[0]!; // With a single output there is no other reason to be here.
        bool adds = (bool)context.get_data(nameof(IActivation.Adds));
        var moments = (BatchMoments)context.get_data(nameof(BatchMoments));
        return (saved[0].dtype, adds) switch
        {
            (ScalarType.BFloat16, true) => Gradients<BFloat16Element, RectifiedSum>(saved, gradient, moments),
            (ScalarType.BFloat16, false) => Gradients<BFloat16Element, Rectified>(saved, gradient, moments),
            (_, true) => Gradients<SingleElement, RectifiedSum>(saved, gradient, moments),
            _ => Gradients<SingleElement, Rectified>(saved, gradient, moments),
        };
    }

    /// <summary>A shortcut that can be added to a map.</summary>
    private static Tensor? Like(Tensor map, Tensor? shortcut) =>
        shortcut is null ? null : Maps.Ordered(shortcut, MapShape.Of(map), map.shape[1], map.dtype);

    private static unsafe void Activate(
        Tensor input,
        Tensor output,
        Tensor? shortcut,
        byte* mask,
        float* scale,
        float* shift
    )
    {
        if (input.dtype == ScalarType.BFloat16)
        {
            Activate<BFloat16Element>(input, output, shortcut, mask, scale, shift);
        }
        else
        {
            Activate<SingleElement>(input, output, shortcut, mask, scale, shift);
        }
    }

    private static unsafe void Activate<T>(
        Tensor input,
        Tensor output,
        Tensor? shortcut,
        byte* mask,
        float* scale,
        float* shift
    )
        where T : IElement
    {
        byte* from = Maps.Pixels(input);
        byte* to = Maps.Pixels(output);
        int channels = (int)input.shape[1];
        var chunks = new PixelChunks(MapShape.Of(input).Pixels);
        if (shortcut is null)
        {
            var activation = new Activated<Rectified>(scale, shift, null);
            Team.RunBlocks(new ActivationForward<T, Rectified>(from, to, mask, channels, chunks, activation));
        }
        else
        {
            var activation = new Activated<RectifiedSum>(scale, shift, Maps.Pixels(shortcut));
            Team.RunBlocks(new ActivationForward<T, RectifiedSum>(from, to, mask, channels, chunks, activation));
        }

        GC.KeepAlive(input);
        GC.KeepAlive(output);
        GC.KeepAlive(shortcut);
    }

    private static unsafe Tensor?[] Gradients<T, TActivation>(List<Tensor> saved, Tensor gradient, BatchMoments moments)
        where T : IElement
        where TActivation : IActivation
    {
        Tensor input = saved[0];
        int channels = (int)input.shape[1];
        var shape = MapShape.Of(input);
        float* mean = Maps.Vector(saved[3]);
        Tensor ofInput = Maps.Empty(shape, channels, input.dtype);
        Tensor ofWeight = empty(channels);
        Tensor ofBias = empty(channels);
        Tensor? ofShortcut = TActivation.Adds ? Maps.Empty(shape, channels, input.dtype) : null;
        new NormalisationBackward<T, TActivation>(
            Maps.Pixels(gradient),
            TensorMemory.Address(saved[2], ScalarType.Byte),
            Maps.Pixels(input),
            Maps.Pixels(ofInput),
            ofShortcut is null ? null : Maps.Pixels(ofShortcut),
            channels,
            shape.Pixels,
            moments
        ).Run(mean, mean + channels, Maps.Vector(saved[1]), Maps.Vector(ofWeight), Maps.Vector(ofBias));
        return [ofInput, ofWeight, ofBias, ofShortcut, null, null]; // The scope of backward has held all of them.
    }
}
