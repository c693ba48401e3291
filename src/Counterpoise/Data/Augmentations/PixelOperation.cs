namespace Counterpoise.Data.Augmentations;

/// <summary>What can be done to an image: AutoAugment's operations (Cubuk et al., CVPR 2019, table 6), and turning the hue.</summary>
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
    Hue,
}
