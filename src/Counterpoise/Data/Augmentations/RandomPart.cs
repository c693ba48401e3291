using Counterpoise.Basics;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Augmentations;

/// <summary>
/// A part of an image of random size, shape and place, which then becomes the network's input whatever its size was
/// (Szegedy et al., CVPR 2015; the numbers are torchvision's).
/// </summary>
internal static class RandomPart
{
    private const int Tries = 10;
    private const double Narrowest = 3.0 / 4;
    private const double Widest = 4.0 / 3;

    /// <summary>
    /// Draws area, then width over height, until such a part fits into the image; after ten tries it is the middle, as
    /// much of it as has an allowed shape.
    /// </summary>
    /// <param name="image">The image's size.</param>
    /// <param name="leastArea">The least share of the image's area, above 0 and up to 1; the largest is 1.</param>
    /// <param name="stream">Draws of this image's own.</param>
    internal static PixelBox Draw(PixelSize image, double leastArea, DrawStream stream)
    {
        double area = (double)image.Width * image.Height;
        for (int i = 0; i < Tries; i++)
        {
            double wanted = area * Between(leastArea, 1, stream.NextDouble());
            double shape = Math.Exp(Between(Math.Log(Narrowest), Math.Log(Widest), stream.NextDouble()));
            int width = (int)Math.Round(Math.Sqrt(wanted * shape));
            int height = (int)Math.Round(Math.Sqrt(wanted / shape));
            if (width >= 1 && height >= 1 && width <= image.Width && height <= image.Height)
            {
                int top = stream.NextInt(image.Height - height + 1);
                return new PixelBox(stream.NextInt(image.Width - width + 1), top, width, height);
            }
        }

        double ratio = (double)image.Width / image.Height;
        return PixelBox.Middle(
            image,
            ratio < Narrowest ? image with { Height = (int)Math.Round(image.Width / Narrowest) }
                : ratio > Widest ? image with { Width = (int)Math.Round(image.Height * Widest) }
                : image
        );
    }

    private static double Between(double low, double high, double share) => low + (share * (high - low));
}
