using System.Buffers.Binary;
using System.Text;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>What often lies where a Parquet file should: a pointer of Git LFS, a page that asks to log in, other text.</summary>
internal static class ParquetContent
{
    private const int Peeked = 512;

    /// <summary>Refuses a file that begins as something else, by what it is.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">The same, opened; it is at its beginning afterwards.</param>
    /// <exception cref="CounterpoiseException">It does.</exception>
    internal static void Require(string path, Stream file)
    {
        byte[] bytes = new byte[Peeked];
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (Found(bytes.AsSpan(0, count)) is { } found)
        {
            throw new CounterpoiseException($"{path}: is {found}");
        }

        if (bytes.AsSpan().StartsWith("PAR1"u8))
        {
            RequireFooter(path, file);
        }
    }

    /// <summary>The end of a Parquet file says how long the description before it is.</summary>
    private static void RequireFooter(string path, Stream file)
    {
        byte[] end = new byte[8];
        bool isThere = file.Length >= 4 + end.Length;
        if (isThere)
        {
            file.Position = file.Length - end.Length;
            file.ReadExactly(end);
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!isThere || !end.AsSpan(4).SequenceEqual("PAR1"u8) || length < 0 || length > file.Length - 12)
        {
            throw new CounterpoiseException(
                $"{path}: is damaged or no Parquet file (its end does not say what is in it); download it again."
            );
        }

        file.Position = file.Length - end.Length - length;
        ParquetHeader.RequireFooter(file, file.Length - end.Length);
        file.Position = 0;
    }

    private static string? Found(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PAR1"u8))
        {
            return null;
        }

        if (start.StartsWith("PARE"u8))
        {
            return "an encrypted Parquet file, expected a plain one; decrypt it.";
        }

        string text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return text.Length == 0 ? "empty, expected a Parquet file; download it again."
            : text.StartsWith("version https://git-lfs", StringComparison.Ordinal)
                ? "a pointer of Git LFS, expected the file that it stands for; fetch that with 'git lfs pull'."
            : text.StartsWith('<')
                ? "a web page, expected a Parquet file; download it again, after logging in where the page asks for it."
            : text.Any(letter => letter == '\uFFFD' || (char.IsControl(letter) && !char.IsWhiteSpace(letter))) ? null
            : "text, expected a Parquet file; download it again.";
    }
}
