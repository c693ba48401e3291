using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>Reads and checks a safetensors file.</summary>
internal static class SafetensorsReader
{
    internal static SafetensorsFile Read(string path, string advice)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Read(stream);
        }
        catch (FormatException fault)
        {
            throw new CounterpoiseException($"{path}: damaged: {fault.Message}. {advice}", fault);
        }
        catch (EndOfStreamException fault)
        {
            throw new CounterpoiseException($"{path}: damaged: it became shorter while it was read. {advice}", fault);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }

    private static SafetensorsFile Read(FileStream stream)
    {
        byte[] start = ReadLengthAndHeader(stream);
        long bodyLength = stream.Length - start.Length;
        SafetensorsHeader header = SafetensorsHeader.Parse(start.AsMemory(SafetensorsFormat.LengthBytes), bodyLength);
        bool hasChecksum = header.Metadata.Remove(SafetensorsFormat.ChecksumKey, out string? checksum);

        using IncrementalHash? hash = hasChecksum ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        hash?.AppendData(WithoutChecksum(start, checksum!));
        var tensors = new Dictionary<string, Tensor>();
        var file = new SafetensorsFile(tensors, header.Metadata);
        try
        {
            foreach (SafetensorsEntry entry in header.Entries)
            {
                tensors.Add(entry.Name, ReadTensor(stream, entry, hash));
            }

            if (hash is not null && Convert.ToHexStringLower(hash.GetHashAndReset()) != checksum)
            {
                throw new FormatException("its content does not match its checksum");
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    private static byte[] ReadLengthAndHeader(FileStream stream)
    {
        if (stream.Length < SafetensorsFormat.LengthBytes)
        {
            throw new FormatException($"it has {stream.Length} bytes, which is too short for a safetensors file");
        }

        Span<byte> lengthBytes = stackalloc byte[SafetensorsFormat.LengthBytes];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        ulong available = (ulong)stream.Length - SafetensorsFormat.LengthBytes;
        if (length > SafetensorsFormat.MaximalHeader || length > available)
        {
            ulong most = Math.Min(SafetensorsFormat.MaximalHeader, available);
            throw new FormatException($"its header claims {length} bytes, expected at most {most}");
        }

        byte[] start = new byte[SafetensorsFormat.LengthBytes + (int)length];
        lengthBytes.CopyTo(start);
        stream.ReadExactly(start.AsSpan(SafetensorsFormat.LengthBytes));
        return start;
    }

    private static byte[] WithoutChecksum(byte[] start, string checksum)
    {
        byte[] digits = Encoding.UTF8.GetBytes(checksum);
        int place = start.AsSpan().IndexOf(digits);
        byte[] copy = [.. start];
        if (place >= 0 && digits.Length == SafetensorsFormat.NoChecksum.Length)
        {
            Encoding.ASCII.GetBytes(SafetensorsFormat.NoChecksum).CopyTo(copy, place);
        }

        return copy;
    }

    private static Tensor ReadTensor(FileStream stream, SafetensorsEntry entry, IncrementalHash? hash)
    {
        Tensor tensor = empty(entry.Shape, entry.Type.Type, CPU);
        try
        {
            TensorPieces.ForEach(
                tensor,
                piece =>
                {
                    stream.ReadExactly(piece);
                    hash?.AppendData(piece);
                }
            );
            return tensor.DetachFromDisposeScope();
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }
}
