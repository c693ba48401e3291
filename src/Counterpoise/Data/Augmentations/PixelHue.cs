namespace Counterpoise.Data.Augmentations;

/// <summary>
/// Turns the hue of every pixel. Colours become hue, saturation and value of 8 bits each and are turned back (the
/// hexcone of Smith, SIGGRAPH 1978); types and rounding are Pillow's.
/// </summary>
internal static class PixelHue
{
    private const int Sectors = 6;

    /// <summary>Adds to the hue, which goes round.</summary>
    /// <param name="image">[3, H, W], changed in place.</param>
    /// <param name="share">How far, as a share of 255 steps of the 256 that the hue has, cut off to whole ones; -0.5 to 0.5.</param>
    internal static void Turn(Span<byte> image, double share)
    {
        int area = image.Length / 3;
        Span<byte> red = image[..area];
        Span<byte> green = image.Slice(area, area);
        Span<byte> blue = image.Slice(2 * area, area);
        int steps = (int)(255 * share);
        for (int i = 0; i < red.Length; i++)
        {
            (byte hue, byte saturation, byte value) = Split(red[i], green[i], blue[i]);
            (red[i], green[i], blue[i]) = Join((byte)(hue + steps), saturation, value);
        }
    }

    /// <summary>Hue, saturation and value of a colour.</summary>
    private static (byte Hue, byte Saturation, byte Value) Split(byte red, byte green, byte blue)
    {
        byte highest = Math.Max(red, Math.Max(green, blue));
        float range = highest - Math.Min(red, Math.Min(green, blue));
        if (range == 0)
        {
            return (0, 0, highest);
        }

        float saturation = range / highest;
        float toRed = (highest - red) / range;
        float toGreen = (highest - green) / range;
        float toBlue = (highest - blue) / range;
        float sector =
            red == highest ? toBlue - toGreen
            : green == highest ? (float)(2.0 + toRed - toBlue)
            : (float)(4.0 + toGreen - toRed);
        float hue = (float)(((sector / (double)Sectors) + 1) % 1);
        return (Byte(hue * 255.0), Byte(saturation * 255.0), highest);
    }

    /// <summary>The colour of a hue, saturation and value.</summary>
    private static (byte Red, byte Green, byte Blue) Join(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
        {
            return (value, value, value);
        }

        double place = hue * (double)Sectors / 255;
        int sector = (int)place;
        float within = (float)(place - sector);
        float share = saturation / 255f;
        byte low = Byte(Math.Round(value * (1.0 - share), MidpointRounding.AwayFromZero));
        byte falling = Byte(Math.Round(value * (1.0 - (share * within)), MidpointRounding.AwayFromZero));
        byte rising = Byte(Math.Round(value * (1.0 - (share * (1.0 - within))), MidpointRounding.AwayFromZero));
        return (sector % Sectors) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static byte Byte(double value) => (byte)Math.Clamp((int)value, 0, 255);
}
