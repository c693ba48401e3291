using System.Text;

namespace Counterpoise.Basics;

/// <summary>Text that is safe on a terminal: names of files may hold sequences that move its cursor or change its title.</summary>
internal static class Printable
{
    /// <summary>The text with its control characters as <c>\x1b</c>; lines stay lines.</summary>
    internal static string Of(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? $"\\x{(int)c:x2}" : $"{c}")) : text;

    /// <summary>The text on one line.</summary>
    internal static string OfLine(string text) =>
        Of(text).Replace("\n", "\\x0a", StringComparison.Ordinal).Replace("\t", "\\x09", StringComparison.Ordinal);

    /// <summary>Bytes as text: what is no printable ASCII as <c>\xe9</c>.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes)
        {
            text.Append(b is >= 0x20 and < 0x7F ? $"{(char)b}" : $"\\x{b:x2}");
        }

        return text.ToString();
    }

    private static bool IsUnsafe(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
