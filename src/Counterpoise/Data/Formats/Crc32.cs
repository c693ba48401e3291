namespace Counterpoise.Data.Formats;

/// <summary>The checksum of zip files.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>What a checksum starts from.</summary>
    internal const uint Start = uint.MaxValue;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(b => Shifted((uint)b))];

    /// <summary>The checksum of some bytes.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes) => End(Add(Start, bytes));

    /// <summary>Takes further bytes into a checksum that is not ended yet.</summary>
    internal static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            checksum = Table[(byte)checksum ^ b] ^ (checksum >> 8);
        }

        return checksum;
    }

    /// <summary>The checksum of all bytes that were taken in.</summary>
    internal static uint End(uint checksum) => ~checksum;

    private static uint Shifted(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
        }

        return value;
    }
}
