using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>One operation on an image and how strong it is.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Magnitude">
/// ShearX, ShearY: pixels a row or column. TranslateX, TranslateY: a share of the side, towards right and bottom. Rotate:
/// degrees, counter-clockwise. Contrast, Color, Brightness, Sharpness: the factor less 1. Solarize: the first gray level
/// that is inverted. Posterize: bits kept. Hue: a share of the circle. Without meaning for the others.
/// </param>
internal readonly record struct PixelChange(PixelOperation Operation, double Magnitude)
{
    private const int StrongestLevel = 9;

    /// <summary>An operation at one of the ten levels of the paper's ranges.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="level">0 to 9.</param>
    /// <param name="negative">The other direction, for operations that have two.</param>
    internal static PixelChange At(PixelOperation operation, int level, bool negative) =>
        OfShare(operation, (double)level / StrongestLevel, negative);

    /// <summary>An operation of some strength within the paper's ranges.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="share">How much of the range, 0 to 1.</param>
    /// <param name="negative">The other direction, for operations that have two.</param>
    internal static PixelChange OfShare(PixelOperation operation, double share, bool negative)
    {
        double signed = negative ? -share : share;
        return new PixelChange(
            operation,
            operation switch
            {
                PixelOperation.ShearX or PixelOperation.ShearY => 0.3 * signed,
                // The paper's 150 pixels are those of images of 331.
                PixelOperation.TranslateX or PixelOperation.TranslateY => 150.0 / 331 * signed,
                PixelOperation.Rotate => 30 * signed,
                PixelOperation.Contrast
                or PixelOperation.Color
                or PixelOperation.Brightness
                or PixelOperation.Sharpness => 0.9 * signed,
                PixelOperation.Solarize => 255 * (1 - share),
                PixelOperation.Posterize => 8 - Math.Round(4 * share),
                _ => 0,
            }
        );
    }

    /// <param name="image">[3, size.Height, size.Width], changed in place.</param>
    /// <param name="size">The image's size.</param>
    internal void Apply(Span<byte> image, PixelSize size)
    {
        switch (Operation)
        {
            case PixelOperation.ShearX:
                PixelWarp.ShearX(image, size, Magnitude);
                break;
            case PixelOperation.ShearY:
                PixelWarp.ShearY(image, size, Magnitude);
                break;
            case PixelOperation.TranslateX:
                PixelWarp.Translate(image, size, (int)(Magnitude * size.Width), 0);
                break;
            case PixelOperation.TranslateY:
                PixelWarp.Translate(image, size, 0, (int)(Magnitude * size.Height));
                break;
            case PixelOperation.Rotate:
                PixelWarp.Rotate(image, size, Magnitude);
                break;
            case PixelOperation.AutoContrast:
                PixelHistogram.AutoContrast(image);
                break;
            case PixelOperation.Invert:
                PixelTone.Invert(image);
                break;
            case PixelOperation.Equalize:
                PixelHistogram.Equalize(image);
                break;
            case PixelOperation.Solarize:
                PixelTone.Solarize(image, Magnitude);
                break;
            case PixelOperation.Posterize:
                PixelTone.Posterize(image, (int)Magnitude);
                break;
            case PixelOperation.Contrast:
                PixelBlend.Contrast(image, (float)(1 + Magnitude));
                break;
            case PixelOperation.Color:
                PixelBlend.Color(image, (float)(1 + Magnitude));
                break;
            case PixelOperation.Brightness:
                PixelBlend.Brightness(image, (float)(1 + Magnitude));
                break;
            case PixelOperation.Sharpness:
                PixelBlend.Sharpness(image, size, (float)(1 + Magnitude));
                break;
            case PixelOperation.Hue:
                PixelHue.Turn(image, Magnitude);
                break;
            default:
                throw new InvalidOperationException($"{Operation} is not an operation on pixels.");
        }
    }
}
