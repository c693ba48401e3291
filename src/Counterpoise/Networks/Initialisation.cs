using Counterpoise.Basics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>Initial parameters, drawn for each parameter from its own key.</summary>
internal static class Initialisation
{
    /// <summary>
    /// Normal weights of variance 2 / fan-in for convolutions and the classifier (He et al., ICCV 2015), a classifier
    /// bias uniform in +-1 / sqrt(fan-in). One-dimensional weights (batch normalisation) stay as they are.
    /// </summary>
    internal static void Kaiming(nn.Module network, Draws draws)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long index = 0;
        long fanIn = 0;
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            ulong key = draws.At(DrawPurpose.Initialisation, 0, index++).NextBits();
            using var generator = new Generator(key, CPU);
            if (parameter.dim() >= 2)
            {
                fanIn = parameter.numel() / parameter.shape[0];
                Tensor values = empty(parameter.shape).normal_(0, Math.Sqrt(2.0 / fanIn), generator);
                parameter.copy_(values);
            }
            else if (fanIn > 0 && !IsNormalisation(network, name) && name.EndsWith("bias", StringComparison.Ordinal))
            {
                double bound = 1 / Math.Sqrt(fanIn);
                Tensor values = empty(parameter.shape).uniform_(-bound, bound, generator);
                parameter.copy_(values);
            }
        }
    }

    /// <summary>Uniform numbers in +-<paramref name="bound"/>.</summary>
    /// <param name="parameter">What they are drawn for.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="draws">Where they come from.</param>
    /// <param name="position">Tells parameters with the same draws apart.</param>
    internal static void Uniform(Parameter parameter, double bound, Draws draws, long position = 0)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ulong key = draws.At(DrawPurpose.Initialisation, 0, position).NextBits();
        using var generator = new Generator(key, CPU);
        parameter.copy_(empty(parameter.shape).uniform_(-bound, bound, generator));
    }

    private static bool IsNormalisation(nn.Module network, string parameter)
    {
        string owner = parameter[..Math.Max(0, parameter.LastIndexOf('.'))];
        return network.named_modules().Any(module => module.name == owner && module.module is BatchNormalisation);
    }
}
