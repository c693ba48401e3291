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
    ) =>
        shortcut is null
            ? Apply(input, weight, bias, moments, epsilon)[0]
            : Apply(input, weight, bias, moments, epsilon, Maps.Ordered(shortcut))[0];

    /// <summary>The same with fixed moments, without gradients, in the input's own memory.</summary>
    /// <param name="input">x: a map [N, C, H, W], float32 or bfloat16, that nobody else needs.</param>
    /// <param name="shortcut">Like the input, or null.</param>
    /// <param name="scales">[C], float32.</param>
    /// <param name="shifts">[C], float32.</param>
    internal static unsafe Tensor ActivateInPlace(Tensor input, Tensor? shortcut, Tensor scales, Tensor shifts)
    {
        input = Maps.Ordered(input);
        shortcut = shortcut is null ? null : Maps.Ordered(shortcut);
        float* scale = Maps.Vector(scales);
        float* shift = Maps.Vector(shifts);
        if (input.dtype == ScalarType.BFloat16)
        {
            Activate<BFloat16Element>(input, input, shortcut, null, scale, shift);
        }
        else
        {
            Activate<SingleElement>(input, input, shortcut, null, scale, shift);
        }

        return input;
    }

    protected override unsafe List<Tensor> Compute(AutogradContext context, object[] inputs)
    {
        var input = (Tensor)inputs[0];
        var weight = (Tensor)inputs[1];
        var bias = (Tensor)inputs[2];
        var moments = (BatchMoments)inputs[3];
        double epsilon = (double)inputs[4];
        Tensor? shortcut = inputs.Length > 5 ? (Tensor)inputs[5] : null;

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
        byte* bits = Maps.AddressOf(mask);
        if (input.dtype == ScalarType.BFloat16)
        {
            Activate<BFloat16Element>(input, output, shortcut, bits, scale, shift);
        }
        else
        {
            Activate<SingleElement>(input, output, shortcut, bits, scale, shift);
        }

        context.save_for_backward([input, weight, mask, constants]);
        context.save_data(nameof(shortcut), shortcut is not null);
        return [output];
    }

    protected override Tensor?[] Gradients(List<Tensor> saved, AutogradContext context, Tensor?[] gradients)
    {
        Tensor gradient = gradients[0]!; // With a single output there is no other reason to be here.
        bool adds = (bool)context.get_data("shortcut");
        return saved[0].dtype == ScalarType.BFloat16
            ? Gradients<BFloat16Element>(saved, adds, gradient)
            : Gradients<SingleElement>(saved, adds, gradient);
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
        byte* from = Maps.Address(input);
        byte* to = Maps.Address(output);
        int channels = (int)input.shape[1];
        var chunks = new PixelChunks(MapShape.Of(input).Pixels);
        if (shortcut is null)
        {
            var activation = new Activated<Rectified>(scale, shift, null);
            Team.Run(new ActivationForward<T, Rectified>(from, to, mask, channels, chunks, activation));
        }
        else
        {
            var activation = new Activated<RectifiedSum>(scale, shift, Maps.Address(shortcut));
            Team.Run(new ActivationForward<T, RectifiedSum>(from, to, mask, channels, chunks, activation));
        }
    }

    private static unsafe Tensor?[] Gradients<T>(List<Tensor> saved, bool adds, Tensor gradient)
        where T : IElement
    {
        Tensor input = saved[0];
        int channels = (int)input.shape[1];
        var shape = MapShape.Of(input);
        float* mean = Maps.Vector(saved[3]);
        Tensor ofInput = Maps.Empty(shape, channels, input.dtype);
        Tensor ofWeight = empty(channels);
        Tensor ofBias = empty(channels);
        Tensor? ofShortcut = adds ? Maps.Empty(shape, channels, input.dtype) : null;
        if (ofShortcut is null)
        {
            new NormalisationBackward<T, Rectified>(
                Maps.Address(gradient),
                Maps.AddressOf(saved[2]),
                Maps.Address(input),
                Maps.Address(ofInput),
                null,
                channels,
                shape.Pixels
            ).Run(mean, mean + channels, Maps.Vector(saved[1]), Maps.Vector(ofWeight), Maps.Vector(ofBias));
            return [ofInput, ofWeight, ofBias, null, null];
        }

        new NormalisationBackward<T, RectifiedSum>(
            Maps.Address(gradient),
            Maps.AddressOf(saved[2]),
            Maps.Address(input),
            Maps.Address(ofInput),
            Maps.Address(ofShortcut),
            channels,
            shape.Pixels
        ).Run(mean, mean + channels, Maps.Vector(saved[1]), Maps.Vector(ofWeight), Maps.Vector(ofBias));
        return [ofInput, ofWeight, ofBias, null, null, ofShortcut];
    }
}
