using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>Writes a safetensors file.</summary>
internal static class SafetensorsWriter
{
    internal static void Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        SafetensorsLayout layout = SafetensorsLayout.Of(path, tensors);
        byte[] start = layout.LengthAndHeader(metadata);

        AtomicFile.Write(
            path,
            stream =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                WriteHashed(stream, hash, start);
                foreach (SafetensorsLayout.Entry entry in layout.Entries)
                {
                    TensorPieces.ForEach(entry.Tensor, piece => WriteHashed(stream, hash, piece));
                }

                // The checksum is the first of the metadata, so nothing that looks like its place comes before it.
                stream.Position = start.AsSpan().IndexOf(Encoding.ASCII.GetBytes(SafetensorsFormat.NoChecksum));
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
            }
        );
    }

    private static void WriteHashed(Stream stream, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        hash.AppendData(bytes);
    }
}
