namespace Counterpoise.Data;

/// <summary>Which learned policy of AutoAugment changes training images (Cubuk et al., CVPR 2019).</summary>
public enum AutoAugmentPolicy
{
    /// <summary>None.</summary>
    None,

    /// <summary>The 25 sub-policies that were learned on CIFAR-10.</summary>
    Cifar,
}
