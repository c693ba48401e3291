namespace Counterpoise.Methods;

/// <summary>The loss of manifold mixup.</summary>
public enum MixedLoss
{
    /// <summary>Softmax cross-entropy.</summary>
    CrossEntropy,

    /// <summary>Binary cross-entropy of every class's softmax probability, averaged over the classes, as in the authors' code.</summary>
    Binary,
}
