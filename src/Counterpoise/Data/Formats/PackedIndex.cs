using Counterpoise.Data.Pixels;

namespace Counterpoise.Data.Formats;

/// <summary>Where the images of one part of a packed file are, and what they are.</summary>
internal sealed class PackedIndex
{
    private const int IdentityBytes = 32;
    private readonly List<PixelSize> sizes = [];
    private readonly List<long> positions = [];
    private readonly List<byte[]> identities = [];

    internal List<int> Labels { get; } = [];

    /// <summary>Which image of the data each was while the file is written.</summary>
    internal List<int> Sources { get; } = [];

    internal PixelSize Size(int image) => sizes[image];

    /// <summary>The position of an image's planes in the file, in bytes.</summary>
    internal long Position(int image) => positions[image];

    internal byte[] Identity(int image) => identities[image];

    internal void Add(int label, PixelSize size, long position, byte[] identity)
    {
        Labels.Add(label);
        sizes.Add(size);
        positions.Add(position);
        identities.Add(identity);
    }

    internal void WriteTo(BinaryWriter writer)
    {
        for (int i = 0; i < Labels.Count; i++)
        {
            writer.Write(Labels[i]);
            writer.Write(sizes[i].Height);
            writer.Write(sizes[i].Width);
            writer.Write(positions[i]);
            writer.Write(identities[i]);
        }
    }

    internal static PackedIndex ReadFrom(BinaryReader reader, int count)
    {
        var index = new PackedIndex();
        for (int i = 0; i < count; i++)
        {
            int label = reader.ReadInt32();
            int height = reader.ReadInt32();
            int width = reader.ReadInt32();
            index.Add(label, new PixelSize(width, height), reader.ReadInt64(), reader.ReadBytes(IdentityBytes));
        }

        return index;
    }
}
