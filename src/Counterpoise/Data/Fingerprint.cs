using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Counterpoise.Data;

/// <summary>Identifies the contents of an image set, so that a finished run is reused for the same data only.</summary>
internal static class Fingerprint
{
    /// <summary>SHA-256 over class names, image size, labels and what identifies each image, in order.</summary>
    /// <param name="images">The images; those that are identified by their pixels are read once, without augmentation.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(IImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, images.Count, images.Height, images.Width, images.Classes.Count);
        foreach (string name in images.Classes)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            Append(hash, bytes.Length);
            hash.AppendData(bytes);
        }

        foreach (int[] positions in ImageChunks.Of(images))
        {
            Append(hash, [.. positions.Select(position => images.Labels[position])]);
            images.AppendIdentity(positions, hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, params int[] values)
    {
        byte[] bytes = new byte[sizeof(int) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int) * i), values[i]);
        }

        hash.AppendData(bytes);
    }
}
