using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>Lays out and writes a safetensors file.</summary>
internal static class SafetensorsWriter
{
    internal const string MetadataKey = "__metadata__";
    internal const string ChecksumKey = "sha256";
    internal const int LengthBytes = sizeof(ulong);
    internal const int MaximalHeader = 100_000_000;

    /// <summary>What stands in the checksum's place while the checksum is computed.</summary>
    internal static readonly string NoChecksum = new('0', 64);

    // A span holds at most 2^31 - 1 bytes, and a small piece is still in the cache when it is hashed.
    private const long ElementsPerPiece = 1 << 18;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        Entry[] entries = InFileOrder(path, tensors);
        byte[] start = LengthAndHeader(path, entries, metadata);

        AtomicFile.Write(
            path,
            stream =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                WriteHashed(stream, hash, start);
                foreach (Entry entry in entries)
                {
                    ForEachPiece(entry.Tensor, piece => WriteHashed(stream, hash, piece));
                }

                // The checksum is the first of the metadata, so nothing that looks like its place comes before it.
                stream.Position = start.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NoChecksum));
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
            }
        );
    }

    /// <summary>Hands over the bytes of a contiguous view of <paramref name="tensor"/>, in row-major order.</summary>
    internal static void ForEachPiece(Tensor tensor, Action<Span<byte>> use)
    {
        using var scope = NewDisposeScope();
        Tensor flat = tensor.detach().cpu().contiguous().flatten();
        long count = flat.numel();
        for (long done = 0; done < count; done += ElementsPerPiece)
        {
            using Tensor piece = flat.narrow(0, done, Math.Min(ElementsPerPiece, count - done));
            use(piece.bytes);
        }
    }

    private static void WriteHashed(Stream stream, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        hash.AppendData(bytes);
    }

    /// <summary>Wide types first, as the reference implementation does, so that every tensor is aligned; then by name.</summary>
    private static Entry[] InFileOrder(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        Entry[] entries =
        [
            .. tensors
                .Select(pair => new Entry(pair.Key, pair.Value, TypeOf(path, pair.Key, pair.Value)))
                .OrderByDescending(entry => entry.Type.Size)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        string? twice = entries.GroupBy(entry => entry.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new CounterpoiseException($"{path}: two tensors are named '{twice}'. Rename one of them.");
        }

        if (Array.Exists(entries, entry => entry.Name == MetadataKey))
        {
            throw new CounterpoiseException($"{path}: a tensor must not be named '{MetadataKey}'. Rename it.");
        }

        return entries;
    }

    private static SafetensorsType TypeOf(string path, string name, Tensor tensor) =>
        SafetensorsType.ByType.TryGetValue(tensor.dtype, out SafetensorsType? type)
            ? type
            : throw new CounterpoiseException(
                $"{path}: tensor '{name}' is of type {tensor.dtype}, but only {SafetensorsType.Names} can be written. Convert it."
            );

    private static byte[] LengthAndHeader(string path, Entry[] entries, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteEntries(json, entries);
            json.WriteEndObject();
        }

        while (buffer.Length % LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        long length = buffer.Length - LengthBytes;
        if (length > MaximalHeader)
        {
            throw new CounterpoiseException(
                $"{path}: the names and metadata take {length} bytes, but the format allows {MaximalHeader}. Write fewer."
            );
        }

        byte[] bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        return bytes;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        json.WriteString(ChecksumKey, NoChecksum);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (key != ChecksumKey)
            {
                json.WriteString(key, value);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, Entry[] entries)
    {
        long offset = 0;
        foreach (Entry entry in entries)
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", entry.Type.Name);
            json.WriteStartArray("shape");
            foreach (long size in entry.Tensor.shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += entry.Tensor.numel() * entry.Type.Size);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private sealed record Entry(string Name, Tensor Tensor, SafetensorsType Type);
}
