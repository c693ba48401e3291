using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>Which tensor goes where in a file to be written.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Entries">The tensors in the order of their bytes.</param>
internal sealed record SafetensorsLayout(string Path, SafetensorsLayout.Entry[] Entries)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Wide types first, as the reference implementation does, so that every tensor is aligned; then by name.</summary>
    internal static SafetensorsLayout Of(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
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

        if (Array.Exists(entries, entry => entry.Name == SafetensorsFormat.MetadataKey))
        {
            throw new CounterpoiseException(
                $"{path}: a tensor must not be named '{SafetensorsFormat.MetadataKey}'. Rename it."
            );
        }

        return new SafetensorsLayout(path, entries);
    }

    private static SafetensorsType TypeOf(string path, string name, Tensor tensor) =>
        SafetensorsType.ByType.TryGetValue(tensor.dtype, out SafetensorsType? type)
            ? type
            : throw new CounterpoiseException(
                $"{path}: tensor '{name}' is of type {tensor.dtype}, but only {SafetensorsType.Names} can be written. Convert it."
            );

    /// <summary>The file up to the tensors' bytes, without the checksum.</summary>
    internal byte[] LengthAndHeader(IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(new byte[SafetensorsFormat.LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteEntries(json);
            json.WriteEndObject();
        }

        while (buffer.Length % SafetensorsFormat.LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        long length = buffer.Length - SafetensorsFormat.LengthBytes;
        if (length > SafetensorsFormat.MaximalHeader)
        {
            throw new CounterpoiseException(
                $"{Path}: the names and metadata take {length} bytes, but the format allows {SafetensorsFormat.MaximalHeader}. Write fewer."
            );
        }

        byte[] bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)length);
        return bytes;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsFormat.MetadataKey);
        json.WriteString(SafetensorsFormat.ChecksumKey, SafetensorsFormat.NoChecksum);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (key != SafetensorsFormat.ChecksumKey)
            {
                json.WriteString(key, value);
            }
        }

        json.WriteEndObject();
    }

    private void WriteEntries(Utf8JsonWriter json)
    {
        long offset = 0;
        foreach (Entry entry in Entries)
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

    internal sealed record Entry(string Name, Tensor Tensor, SafetensorsType Type);
}
