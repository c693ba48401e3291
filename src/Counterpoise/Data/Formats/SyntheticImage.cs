using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>Draws one image of the synthetic set.</summary>
internal static class SyntheticImage
{
    private const int Size = SyntheticImages.Size;
    private const double FullTurn = 2 * Math.PI;

    /// <summary>Draws an image.</summary>
    /// <param name="label">Its class.</param>
    /// <param name="draws">The draws that belong to this image alone.</param>
    /// <param name="difficulty">How hard it is.</param>
    /// <param name="planes">[3, 32, 32], written.</param>
    public static void Draw(int label, DrawStream draws, SyntheticDifficulty difficulty, Span<byte> planes)
    {
        Colour background = new(Between(ref draws, 40, 215), Between(ref draws, 40, 215), Between(ref draws, 40, 215));
        Colour foreground = OfClass(label, difficulty, ref draws);
        Wave ground = Wave.Draw(ref draws, Between(ref draws, difficulty.Texture));
        Wave surface = Wave.Draw(ref draws, Between(ref draws, difficulty.Texture));
        Blob[] clutter = new Blob[draws.NextInt(difficulty.Clutter + 1)];
        for (int i = 0; i < clutter.Length; i++)
        {
            clutter[i] = Blob.Draw(ref draws, Apart(background, Between(ref draws, difficulty.Contrast), ref draws));
        }

        Pose pose = Pose.Draw(ref draws, difficulty);
        Bar? bar = draws.NextDouble() < difficulty.Occluded ? Bar.Draw(ref draws, pose, difficulty) : null;
        Colour barColour = Apart(background, Between(ref draws, difficulty.Contrast) / 2, ref draws);
        double noise = Between(ref draws, difficulty.Noise);

        for (int i = 0; i < Size * Size; i++)
        {
            (double x, double y) = (i % Size, i / Size);
            Colour colour = background.Lighter(ground.At(x, y));
            foreach (Blob blob in clutter)
            {
                colour = colour.Under(blob.Colour, Cover(blob.Distance(x, y)));
            }

            colour = colour.Under(foreground.Lighter(surface.At(x, y)), Cover(pose.Distance(label, x, y)));
            colour = bar is { } crossing ? colour.Under(barColour, Cover(crossing.Distance(x, y))) : colour;
            planes[i] = Noisy(colour.Red, noise, ref draws);
            planes[(Size * Size) + i] = Noisy(colour.Green, noise, ref draws);
            planes[(2 * Size * Size) + i] = Noisy(colour.Blue, noise, ref draws);
        }
    }

    private static double Between(ref DrawStream draws, double least, double most) =>
        least + ((most - least) * draws.NextDouble());

    private static double Between(ref DrawStream draws, (double Least, double Most) range) =>
        Between(ref draws, range.Least, range.Most);

    /// <summary>The share of a pixel that is inside an outline at a signed distance in pixels.</summary>
    private static double Cover(double distance) => Math.Clamp(0.5 - distance, 0, 1);

    /// <summary>A colour whose hue lies near the class's own; look-alike classes are neighbours on the wheel of hues.</summary>
    private static Colour OfClass(int label, SyntheticDifficulty difficulty, ref DrawStream draws)
    {
        int classes = SyntheticShape.Names.Count;
        int place = (2 * (label % (classes / 2))) + (label / (classes / 2));
        double hue = (FullTurn * place / classes) + (difficulty.HueSpread * draws.NextNormal());
        double lightness = Between(ref draws, 90, 165);
        double saturation = Between(ref draws, difficulty.Contrast);
        double Channel(int c) => Math.Clamp(lightness + (saturation * Math.Cos(hue - (c * FullTurn / 3))), 0, 255);
        return new Colour(Channel(0), Channel(1), Channel(2));
    }

    /// <summary>A colour at a distance from another, in a random direction that stays within range.</summary>
    private static Colour Apart(Colour from, double distance, ref DrawStream draws)
    {
        double red = draws.NextNormal();
        double green = draws.NextNormal();
        double blue = draws.NextNormal();
        double scale = distance * Math.Sqrt(3 / ((red * red) + (green * green) + (blue * blue) + 1e-9));
        return new Colour(Move(from.Red, red * scale), Move(from.Green, green * scale), Move(from.Blue, blue * scale));

        static double Move(double value, double by) => value + by is >= 0 and <= 255 ? value + by : value - by;
    }

    // Four 16-bit uniforms add up to nearly a normal number, several times faster than an exact one.
    private static byte Noisy(double value, double deviation, ref DrawStream draws)
    {
        ulong bits = draws.NextBits();
        long sum = (long)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        double normal = (sum - 131070) * (1.7320508 / 65536);
        return (byte)Math.Clamp(value + (deviation * normal) + 0.5, 0, 255);
    }

    private readonly record struct Colour(double Red, double Green, double Blue)
    {
        public Colour Lighter(double by) => new(Red + by, Green + by, Blue + by);

        public Colour Under(Colour above, double cover) =>
            cover <= 0
                ? this
                : new(
                    Red + (cover * (above.Red - Red)),
                    Green + (cover * (above.Green - Green)),
                    Blue + (cover * (above.Blue - Blue))
                );
    }

    private readonly record struct Wave(double Across, double Down, double Phase, double Amplitude)
    {
        public static Wave Draw(ref DrawStream draws, double amplitude)
        {
            double angle = Between(ref draws, 0, FullTurn);
            double frequency = FullTurn / Between(ref draws, 5, 30);
            double phase = Between(ref draws, 0, FullTurn);
            return new Wave(frequency * Math.Cos(angle), frequency * Math.Sin(angle), phase, amplitude);
        }

        public double At(double x, double y) => Amplitude * Math.Sin((Across * x) + (Down * y) + Phase);
    }

    private readonly record struct Blob(double X, double Y, double Radius, Colour Colour)
    {
        public static Blob Draw(ref DrawStream draws, Colour colour) =>
            new(Between(ref draws, 0, Size), Between(ref draws, 0, Size), Between(ref draws, 0.8, 2.6), colour);

        public double Distance(double x, double y) => Math.Sqrt(((x - X) * (x - X)) + ((y - Y) * (y - Y))) - Radius;
    }

    private readonly record struct Pose(double X, double Y, double Cos, double Sin, double Width, double Height)
    {
        public static Pose Draw(ref DrawStream draws, SyntheticDifficulty difficulty)
        {
            double radius = Between(ref draws, difficulty.Radius);
            double squeeze = Math.Pow(difficulty.Squeeze, Between(ref draws, -0.5, 0.5));
            double angle = Between(ref draws, 0, FullTurn);
            // The centre keeps most of the shape in the image.
            double margin = 0.8 * radius;
            double x = Between(ref draws, margin, Size - 1 - margin);
            double y = Between(ref draws, margin, Size - 1 - margin);
            return new Pose(x, y, Math.Cos(angle), Math.Sin(angle), radius * squeeze, radius / squeeze);
        }

        public double Distance(int label, double x, double y)
        {
            double u = (((x - X) * Cos) + ((y - Y) * Sin)) / Width;
            double v = (((y - Y) * Cos) - ((x - X) * Sin)) / Height;
            return SyntheticShape.Distance(label, u, v) * Math.Min(Width, Height);
        }
    }

    private readonly record struct Bar(double Across, double Down, double Offset, double HalfWidth)
    {
        public static Bar Draw(ref DrawStream draws, Pose pose, SyntheticDifficulty difficulty)
        {
            double angle = Between(ref draws, 0, FullTurn);
            (double across, double down) = (Math.Cos(angle), Math.Sin(angle));
            double beside = Between(ref draws, -0.7, 0.7) * pose.Width;
            return new Bar(
                across,
                down,
                (across * pose.X) + (down * pose.Y) + beside,
                Between(ref draws, difficulty.Bar)
            );
        }

        public double Distance(double x, double y) => Math.Abs((Across * x) + (Down * y) - Offset) - HalfWidth;
    }
}
