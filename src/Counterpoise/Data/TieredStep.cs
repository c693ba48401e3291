namespace Counterpoise.Data;

/// <summary>Which step of the Tiered-ImageNet protocol is trained.</summary>
public enum TieredStep
{
    /// <summary>The major classes and the test classes, tested on their test images: what is reported.</summary>
    Test,

    /// <summary>The major classes and the validation classes, tested on their validation images: for choosing hyper-parameters.</summary>
    Tune,
}
