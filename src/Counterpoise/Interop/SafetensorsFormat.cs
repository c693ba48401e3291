namespace Counterpoise.Interop;

/// <summary>The fixed parts of a safetensors file.</summary>
internal static class SafetensorsFormat
{
    /// <summary>The header's entry that is no tensor.</summary>
    internal const string MetadataKey = "__metadata__";

    /// <summary>The metadata's entry with the checksum.</summary>
    internal const string ChecksumKey = "sha256";

    /// <summary>How many bytes at the start of the file give the header's length; also its alignment.</summary>
    internal const int LengthBytes = sizeof(ulong);

    /// <summary>The longest header, in bytes, that the reference implementation reads.</summary>
    internal const int MaximalHeader = 100_000_000;

    /// <summary>What stands in the checksum's place while the checksum is computed.</summary>
    internal static string NoChecksum { get; } = new('0', 64);
}
