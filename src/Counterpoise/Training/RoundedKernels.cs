using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;
using Convolution = Counterpoise.Networks.Convolution;
using Parameter = TorchSharp.Modules.Parameter;

namespace Counterpoise.Training;

/// <summary>
/// The kernels of a network's convolutions in the precision of its maps, rounded all in one call before each step, and
/// their gradients made float32 in another: by themselves that is two operators for each convolution.
/// </summary>
internal sealed class RoundedKernels : IDisposable
{
    private readonly Convolution[] convolutions;
    private readonly Tensor[] kernels;
    private readonly Tensor[] rounded;
    private readonly Tensor[] plain; // The same numbers, which nothing is remembered of.
    private readonly Tensor[] gradients;
    private readonly Dictionary<Parameter, int> places = new(ReferenceEqualityComparer.Instance);

    /// <param name="network">The network; what learns in it is settled.</param>
    /// <param name="type">The precision of its maps.</param>
    internal RoundedKernels(StagedNetwork network, ScalarType type)
    {
        convolutions = [.. network.modules().OfType<Convolution>()];
        Parameter[] parameters = Array.ConvertAll(convolutions, convolution => convolution.Kernel);
        for (int i = 0; i < parameters.Length; i++)
        {
            places.Add(parameters[i], i);
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        kernels = Array.ConvertAll(parameters, parameter => parameter.detach().DetachFromDisposeScope());
        plain = Array.ConvertAll(kernels, kernel => kernel.to(type, copy: true).DetachFromDisposeScope());
        gradients = Array.ConvertAll(kernels, kernel => empty_like(kernel).DetachFromDisposeScope());
        rounded =
        [
            .. plain.Zip(
                parameters,
                (kernel, parameter) => kernel.detach().requires_grad_(parameter.requires_grad).DetachFromDisposeScope()
            ),
        ];
    }

    /// <summary>Runs a step in which the convolutions take the rounded kernels as they are now.</summary>
    /// <param name="learning">What gradients are wanted of.</param>
    /// <param name="step">The step, given what to take gradients of.</param>
    internal StepResult Use(IReadOnlyList<Parameter> learning, Func<IReadOnlyList<Tensor>, StepResult> step)
    {
        TensorLists.Copy(plain, kernels);

        StepResult result;
        try
        {
            Give(rounded);
            result = step([
                .. learning.Select(parameter => places.TryGetValue(parameter, out int at) ? rounded[at] : parameter),
            ]);
        }
        finally
        {
            Give(null);
        }

        return result with
        {
            Gradients = Widened(learning, result.Gradients),
        };
    }

    public void Dispose()
    {
        Array.ForEach(kernels, kernel => kernel.Dispose());
        Array.ForEach(rounded, kernel => kernel.Dispose());
        Array.ForEach(plain, kernel => kernel.Dispose());
        Array.ForEach(gradients, gradient => gradient.Dispose());
    }

    private void Give(Tensor[]? kernelsToUse)
    {
        for (int i = 0; i < convolutions.Length; i++)
        {
            convolutions[i].Rounded = kernelsToUse?[i];
        }
    }

    private Tensor?[] Widened(IReadOnlyList<Parameter> learning, Tensor?[] found)
    {
        int[] narrow =
        [
            .. Enumerable.Range(0, found.Length).Where(i => found[i] is not null && places.ContainsKey(learning[i])),
        ];
        Tensor[] wide = Array.ConvertAll(narrow, i => gradients[places[learning[i]]]);
        TensorLists.Copy(wide, Array.ConvertAll(narrow, i => found[i]!));
        Tensor?[] widened = [.. found];
        for (int i = 0; i < narrow.Length; i++)
        {
            widened[narrow[i]] = wide[i];
        }

        return widened;
    }
}
