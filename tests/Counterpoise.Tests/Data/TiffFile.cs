namespace Counterpoise.Tests.Data;

/// <summary>Writes TIFF files without compression, as plainly as the format allows: what is read must not come from the library that reads.</summary>
internal sealed record TiffFile(int Width, int Height, int Samples, int Bits)
{
    public bool IsLittle { get; init; } = true;

    /// <summary>0: white is 0; 1: black is 0; 2: RGB; 3: palette.</summary>
    public int Photometric { get; init; } = -1;

    public int? Orientation { get; init; }

    public int? SampleFormat { get; init; }

    /// <summary>The meaning of the last sample: 1 multiplied opacity, 2 plain opacity.</summary>
    public int? Extra { get; init; }

    public bool IsSeparate { get; init; }

    /// <summary>Rows of a strip, or both sides of a tile.</summary>
    public int Block { get; init; } = 1000;

    public bool IsTiled { get; init; }

    public ushort[] Palette { get; init; } = [];

    /// <summary>Further tags with a single long value.</summary>
    public IReadOnlyList<(int Tag, int Value)> More { get; init; } = [];

    /// <summary>The directory begins anew after the pixels: a second picture.</summary>
    public bool HasSecond { get; init; }

    /// <summary>The file's bytes.</summary>
    /// <param name="value">The value at a column, row and sample.</param>
    public byte[] Bytes(Func<int, int, int, uint> value)
    {
        List<byte> file = [.. IsLittle ? "II*\0"u8 : "MM\0*"u8, 0, 0, 0, 0];
        List<uint> offsets = [];
        List<uint> lengths = [];
        int perBlock = IsSeparate ? 1 : Samples;
        int blockWidth = IsTiled ? Block : Width;
        for (int plane = 0; plane < Samples / perBlock; plane++)
        {
            for (int y = 0; y < Height; y += Block)
            {
                for (int x = 0; x < Width; x += blockWidth)
                {
                    offsets.Add((uint)file.Count);
                    int rows = IsTiled ? Block : Math.Min(Block, Height - y);
                    for (int row = y; row < y + rows; row++)
                    {
                        for (int column = x; column < x + blockWidth; column++)
                        {
                            for (int sample = 0; sample < perBlock; sample++)
                            {
                                bool isInside = row < Height && column < Width;
                                Add(file, isInside ? value(column, row, plane + sample) : 77, Bits / 8);
                            }
                        }
                    }

                    lengths.Add((uint)file.Count - offsets[^1]);
                }
            }
        }

        SortedDictionary<int, (int Type, uint[] Values)> tags = new()
        {
            [256] = (4, [(uint)Width]),
            [257] = (4, [(uint)Height]),
            [258] = (3, [.. Enumerable.Repeat((uint)Bits, Samples)]),
            [259] = (3, [1]),
            [262] = (
                3,
                [
                    (uint)(
                        Photometric >= 0 ? Photometric
                        : Samples >= 3 ? 2
                        : 1
                    ),
                ]
            ),
            [277] = (3, [(uint)Samples]),
            [284] = (3, [IsSeparate ? 2u : 1u]),
        };
        tags[IsTiled ? 324 : 273] = (4, [.. offsets]);
        tags[IsTiled ? 325 : 279] = (4, [.. lengths]);
        if (IsTiled)
        {
            tags[322] = tags[323] = (4, [(uint)Block]);
        }
        else
        {
            tags[278] = (4, [(uint)Block]);
        }

        (int Tag, int? Value)[] optional = [(274, Orientation), (338, Extra)];
        foreach ((int tag, int? set) in optional.Where(tag => tag.Value is not null))
        {
            tags[tag] = (3, [(uint)set!.Value]);
        }

        if (SampleFormat is { } format)
        {
            tags[339] = (3, [.. Enumerable.Repeat((uint)format, Samples)]);
        }

        if (Palette.Length > 0)
        {
            tags[320] = (3, [.. Palette.Select(colour => (uint)colour)]);
        }

        foreach ((int tag, int set) in More)
        {
            tags[tag] = (4, [(uint)set]);
        }

        Number(file, 4, Directory(file, tags, 0));
        return [.. file];
    }

    private uint Directory(List<byte> file, SortedDictionary<int, (int Type, uint[] Values)> tags, uint next)
    {
        if (HasSecond && next == 0)
        {
            next = Directory(file, tags, uint.MaxValue);
        }

        Dictionary<int, uint> far = [];
        foreach ((int tag, (int type, uint[] values)) in tags)
        {
            int size = type == 3 ? 2 : 4;
            if (values.Length * size > 4)
            {
                file.AddRange(new byte[file.Count % 2]);
                far[tag] = (uint)file.Count;
                foreach (uint value in values)
                {
                    Add(file, value, size);
                }
            }
        }

        file.AddRange(new byte[file.Count % 2]);
        uint at = (uint)file.Count;
        Add(file, (uint)tags.Count, 2);
        foreach ((int tag, (int type, uint[] values)) in tags)
        {
            Add(file, (uint)tag, 2);
            Add(file, (uint)type, 2);
            Add(file, (uint)values.Length, 4);
            int end = file.Count + 4;
            if (far.TryGetValue(tag, out uint position))
            {
                Add(file, position, 4);
            }
            else
            {
                foreach (uint value in values)
                {
                    Add(file, value, type == 3 ? 2 : 4);
                }
            }

            file.AddRange(new byte[end - file.Count]);
        }

        Add(file, next == uint.MaxValue ? 0 : next, 4);
        return at;
    }

    private void Add(List<byte> file, uint value, int bytes)
    {
        file.AddRange(new byte[bytes]);
        Number(file, file.Count - bytes, value, bytes);
    }

    private void Number(List<byte> file, int at, uint value, int bytes = 4)
    {
        for (int i = 0; i < bytes; i++)
        {
            file[at + i] = (byte)(value >> (8 * (IsLittle ? i : bytes - 1 - i)));
        }
    }
}
