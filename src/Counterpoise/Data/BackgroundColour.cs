using System.Globalization;
using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>The colour that transparent pixels are laid over; black unless set.</summary>
internal readonly record struct BackgroundColour(byte Red, byte Green, byte Blue)
{
    private static readonly BackgroundColour White = new(255, 255, 255);

    /// <summary>Reads <c>black</c>, <c>white</c> or <c>#rrggbb</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">What says so, for the error message.</param>
    /// <exception cref="UsageException">It is none of them.</exception>
    internal static BackgroundColour Parse(string text, string where = "data.background")
    {
        if (text is "black" or "white")
        {
            return text == "white" ? White : default;
        }

        return
            text is { Length: 7 }
            && text[0] == '#'
            && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb)
            ? new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb)
            : throw new UsageException(
                $"{where} is {Setting.Show(text ?? "null")}, expected black, white or #rrggbb, such as #f0f0f0."
            );
    }

    /// <summary>Lays pixels over the colour.</summary>
    /// <param name="rgba">Pixels of red, green and blue, multiplied by opacity, and opacity; the colours are changed.</param>
    internal void LayUnder(Span<byte> rgba)
    {
        if (this == default)
        {
            return;
        }

        for (int i = 0; i < rgba.Length; i += 4)
        {
            int clear = byte.MaxValue - rgba[i + 3];
            rgba[i] += Share(Red, clear);
            rgba[i + 1] += Share(Green, clear);
            rgba[i + 2] += Share(Blue, clear);
        }
    }

    private static byte Share(byte colour, int clear) => (byte)(((colour * clear) + 127) / byte.MaxValue);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        this == default ? "black"
        : this == White ? "white"
        : $"#{Red:x2}{Green:x2}{Blue:x2}";
}
