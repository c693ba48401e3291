using Counterpoise.Data;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Phases;

/// <summary>
/// Makes a linear classifier that is computed from the features of all training images at once, in place of learning.
/// Its phase is one epoch without steps.
/// </summary>
internal interface IEstimatedHead : IHead
{
    Head IHead.Create(StagedNetwork network, HeadPlace place)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(place);
        return new LinearHead(network.Features, place.Classes);
    }

    /// <summary>Computes the classifier, for classes that are equally frequent.</summary>
    /// <param name="features">[rows, D], float64, on the CPU.</param>
    /// <param name="rows">The images and their views that the features are of: an image and its views weigh 1 together.</param>
    /// <param name="labels">The class of each image; every class has one at least.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="report">Takes what is worth telling, in one line.</param>
    /// <returns>Weights [classes, D] and biases [classes], float64, in the caller's dispose scope.</returns>
    /// <exception cref="Basics.UsageException">These features do not give one; the message says why.</exception>
    (Tensor Weight, Tensor Bias) Estimate(
        Tensor features,
        ImageRows rows,
        IReadOnlyList<int> labels,
        int classes,
        Action<string> report
    );
}
