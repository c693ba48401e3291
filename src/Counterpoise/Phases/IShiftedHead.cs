namespace Counterpoise.Phases;

/// <summary>A head that adds to the logits of the phase before what class sizes say, and changes nothing else.</summary>
internal interface IShiftedHead : IHead
{
    /// <summary>What is added to the logit of each class.</summary>
    /// <param name="counts">The number of training images of every class.</param>
    double[] Shift(IReadOnlyList<int> counts);
}
