namespace Counterpoise.Data;

/// <summary>What pixels are normalised by.</summary>
public enum NormalisationKind
{
    /// <summary>As networks trained on ImageNet where parameters of one are named, else as the data.</summary>
    Auto,

    /// <summary>The data set's customary mean and standard deviation, or else those of the training images.</summary>
    Data,

    /// <summary>The mean and standard deviation that networks trained on ImageNet usually have.</summary>
    Imagenet,
}
