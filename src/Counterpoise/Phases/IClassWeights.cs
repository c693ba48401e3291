using Counterpoise.Basics;

namespace Counterpoise.Phases;

/// <summary>Weights of the classes in the loss: sum_n w_y(n) l_n / sum_n w_y(n) over the mini-batch.</summary>
public interface IClassWeights
{
    /// <summary>Whether they are the same throughout training.</summary>
    bool IsFixed => true;

    /// <summary>The weights while training stands at <paramref name="context"/>.</summary>
    /// <returns>A weight for each class, 0 or more and not all 0, or null where all classes weigh the same.</returns>
    IReadOnlyList<double>? At(in StepContext context);
}
