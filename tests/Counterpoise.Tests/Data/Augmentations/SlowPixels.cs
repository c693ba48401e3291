using Counterpoise.Data.Augmentations;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Tests.Data.Augmentations;

/// <summary>What operations mean, pixel by pixel and without haste.</summary>
internal static class SlowPixels
{
    private const double Slack = 1e-3;

    /// <returns>[3, Height, Width]; -1 where the nearest pixel is a matter of rounding.</returns>
    public static int[] Apply(PixelChange change, byte[] image, PixelSize size)
    {
        (int width, int height, double m) = (size.Width, size.Height, change.Magnitude);
        double turn = m * Math.PI / 180;
        (double middleX, double middleY) = (width / 2.0, height / 2.0);
        return change.Operation switch
        {
            PixelOperation.ShearX => Warp((x, y) => (x + (m * y), y)),
            PixelOperation.ShearY => Warp((x, y) => (x, y + (m * x))),
            PixelOperation.TranslateX => Warp((x, y) => (x - Math.Truncate(m * width), y)),
            PixelOperation.TranslateY => Warp((x, y) => (x, y - Math.Truncate(m * height))),
            PixelOperation.Rotate => Warp(
                (x, y) =>
                    (
                        middleX + (Math.Cos(turn) * (x - middleX)) - (Math.Sin(turn) * (y - middleY)),
                        middleY + (Math.Sin(turn) * (x - middleX)) + (Math.Cos(turn) * (y - middleY))
                    )
            ),
            PixelOperation.Invert => Each((c, y, x) => 255 - At(c, y, x)),
            PixelOperation.Solarize => Each((c, y, x) => At(c, y, x) < m ? At(c, y, x) : 255 - At(c, y, x)),
            PixelOperation.Posterize => Each((c, y, x) => At(c, y, x) / (1 << (8 - (int)m)) * (1 << (8 - (int)m))),
            PixelOperation.AutoContrast => Each(
                (c, y, x) =>
                {
                    byte[] plane = Plane(c);
                    (int low, int high) = (plane.Min(), plane.Max());
                    return low == high ? low : (int)(255.0 * (At(c, y, x) - low) / (high - low));
                }
            ),
            PixelOperation.Equalize => Each(
                (c, y, x) =>
                {
                    byte[] plane = Plane(c);
                    int step = (plane.Length - plane.Count(value => value == plane.Max())) / 255;
                    int below = plane.Count(value => value < At(c, y, x));
                    return step == 0 ? At(c, y, x) : Math.Min(255, ((step / 2) + below) / step);
                }
            ),
            PixelOperation.Brightness => Each((c, y, x) => Blend(0, At(c, y, x))),
            PixelOperation.Color => Each((c, y, x) => Blend(Gray(y, x), At(c, y, x))),
            PixelOperation.Contrast => Each((c, y, x) => Blend(MeanGray(), At(c, y, x))),
            PixelOperation.Sharpness => Each((c, y, x) => Blend(Smooth(c, y, x), At(c, y, x))),
            PixelOperation.Hue => Each((_, _, _) => -1), // Has a test of its own.
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };

        int At(int channel, int y, int x) => image[(((channel * height) + y) * width) + x];

        byte[] Plane(int channel) => image[(channel * width * height)..((channel + 1) * width * height)];

        int Gray(int y, int x) =>
            (int)Math.Round((At(0, y, x) * 0.299) + (At(1, y, x) * 0.587) + (At(2, y, x) * 0.114), 0);

        int MeanGray() =>
            (int)Math.Floor(0.5 + Enumerable.Range(0, width * height).Average(i => (double)Gray(i / width, i % width)));

        int Smooth(int channel, int y, int x)
        {
            if (y == 0 || x == 0 || y == height - 1 || x == width - 1)
            {
                return At(channel, y, x);
            }

            int[] near = [-1, 0, 1];
            int sum = near.Sum(dy => near.Sum(dx => At(channel, y + dy, x + dx))) + (4 * At(channel, y, x));
            return (int)Math.Round(sum / 13.0);
        }

        int Blend(int poorer, int level) => (int)Math.Clamp(poorer + ((1 + m) * (level - poorer)), 0, 255);

        int[] Each(Func<int, int, int, int> value) =>
            [
                .. Enumerable
                    .Range(0, 3 * width * height)
                    .Select(i => value(i / (width * height), i / width % height, i % width)),
            ];

        int[] Warp(Func<double, double, (double X, double Y)> source) =>
            Each(
                (c, row, column) =>
                {
                    (double x, double y) = source(column + 0.5, row + 0.5);
                    bool unsure = Math.Abs(x - Math.Round(x)) < Slack || Math.Abs(y - Math.Round(y)) < Slack;
                    bool inside = x >= 0 && y >= 0 && x < width && y < height;
                    return unsure ? -1
                        : inside ? At(c, (int)y, (int)x)
                        : 0;
                }
            );
    }
}
