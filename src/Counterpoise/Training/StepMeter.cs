using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>What steps found, left on the run's device until it is read: all steps since then at once.</summary>
internal sealed class StepMeter : IDisposable
{
    private readonly List<(Tensor Loss, Tensor Correct, int Images)> steps = [];

    /// <summary>The steps that were not read yet.</summary>
    internal int Count => steps.Count;

    /// <summary>Adds a step.</summary>
    internal void Add(StepResult result, int images) =>
        steps.Add((result.Loss.DetachFromDisposeScope(), result.Correct.DetachFromDisposeScope(), images));

    /// <summary>The loss, the number of images classified correctly and the number of images of each step.</summary>
    internal IReadOnlyList<(double Loss, int Correct, int Images)> Read()
    {
        if (steps.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        float[] losses = Transfer.Down<float>(stack([.. steps.Select(step => step.Loss)]));
        long[] correct = Transfer.Down<long>(stack([.. steps.Select(step => step.Correct)]));
        (double, int, int)[] read = [.. steps.Select((step, i) => ((double)losses[i], (int)correct[i], step.Images))];
        Clear();
        return read;
    }

    public void Dispose() => Clear();

    private void Clear()
    {
        foreach ((Tensor loss, Tensor correct, _) in steps)
        {
            loss.Dispose();
            correct.Dispose();
        }

        steps.Clear();
    }
}
