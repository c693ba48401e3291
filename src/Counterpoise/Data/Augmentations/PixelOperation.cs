namespace Counterpoise.Data.Augmentations;

/// <summary>What AutoAugment can do to an image (Cubuk et al., CVPR 2019, table 6).</summary>
internal enum PixelOperation
{
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    AutoContrast,
    Invert,
    Equalize,
    Solarize,
    Posterize,
    Contrast,
    Color,
    Brightness,
    Sharpness,
}
