namespace Counterpoise.Methods;

/// <summary>What the probabilities of the focal loss are.</summary>
public enum FocalForm
{
    /// <summary>(1 - p_y)^gamma times the cross-entropy, p by softmax.</summary>
    Softmax,

    /// <summary>The binary form of the authors and of Cui et al. (CVPR 2019), summed over the classes, p by the logistic function.</summary>
    Sigmoid,
}
