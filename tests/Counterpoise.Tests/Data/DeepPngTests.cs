using System.Buffers.Binary;
using Counterpoise.Data;
using Counterpoise.Data.Pixels;
using CsCheck;

namespace Counterpoise.Tests.Data;

public sealed class DeepPngTests : IDisposable
{
    private static readonly (int X, int Y, int ByX, int ByY)[] Passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    /// <summary>Every kind, filter and order of rows gives values scaled by the file's own range.</summary>
    [Fact]
    public void Every_file_of_16_bits_is_scaled_by_its_own_range() =>
        Gen.Select(
                Gen.Int[4, 24],
                Gen.Int[4, 24],
                Gen.Int[0, 3],
                Gen.Bool,
                Gen.UInt,
                Gen.Int[0, 60_000],
                Gen.Int[1, 5_000]
            )
            .Sample(
                (width, height, kind, isInterlaced, seed, least, span) =>
                {
                    int samples = new[] { 1, 3, 2, 4 }[kind];
                    byte colourType = new byte[] { 0, 2, 4, 6 }[kind];
                    var random = new Random((int)(seed >> 1));
                    var values = new ushort[height, width, samples];
                    for (int i = 0; i < values.Length; i++)
                    {
                        bool isOpacity = samples is 2 or 4 && i % samples == samples - 1;
                        int value = isOpacity ? ushort.MaxValue : least + random.Next(span + 1);
                        values[i / samples / width, i / samples % width, i % samples] = (ushort)value;
                    }

                    string path = temp.At("a.png");
                    IEnumerable<byte[]> rows = (isInterlaced ? Passes : [(0, 0, 1, 1)]).SelectMany(pass =>
                        Rows(values, pass, random)
                    );
                    TestFiles.WriteFilteredPng(path, (width, height, 16, colourType), rows, isInterlaced);

                    var image = new PixelBuffer();
                    var geometry = new ImageGeometry(1, Math.Min(width, height), ResizeRule.ShorterSide);
                    ImageReading reading = new(geometry) { Range = PixelRange.File };
                    Assert.Null(ImageDecoder.Decode(path, reading, image, out _));

                    int colours = samples - ((samples + 1) % 2);
                    int[] used =
                    [
                        .. values.Cast<ushort>().Where((_, i) => i % samples < colours).Select(value => (int)value),
                    ];
                    (int low, int high) = (used.Min(), used.Max());
                    for (int i = 0; i < image.Planes.Length && low < high; i++)
                    {
                        int value = values[i / width % height, i % width, colours == 1 ? 0 : i / (width * height)];
                        Assert.Equal(
                            (int)Math.Round(255.0 * (value - low) / (high - low), MidpointRounding.AwayFromZero),
                            image.Planes[i]
                        );
                    }
                },
                iter: 300,
                threads: 1
            );

    [Fact]
    public void Damage_is_a_reason()
    {
        string path = temp.At("a.png");
        TestFiles.WritePng(
            path,
            (64, 64, 16, 2),
            Enumerable
                .Range(0, 64)
                .Select(i => Enumerable.Range(0, 384).Select(j => (byte)((i * 7) + (j * 31))).ToArray())
        );
        byte[] whole = File.ReadAllBytes(path);
        var reading = new ImageReading(new ImageGeometry(8, 8, ResizeRule.Square)) { Range = PixelRange.File };
        Assert.Null(ImageDecoder.Decode(whole, reading, new PixelBuffer(), out _));
        Assert.NotNull(ImageDecoder.Decode(whole.AsSpan(0, whole.Length / 2), reading, new PixelBuffer(), out _));
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(40, damaged.Length)] ^= (byte)(1 + random.Next(255));
            _ = ImageDecoder.Decode(
                damaged.AsSpan(0, random.Next(damaged.Length)),
                reading,
                PixelBuffer.OfThisThread,
                out _
            );
        }
    }

    /// <summary>Rows of a pass, each behind the number of its filter and filtered by it.</summary>
    private static IEnumerable<byte[]> Rows(ushort[,,] values, (int X, int Y, int ByX, int ByY) pass, Random random)
    {
        int samples = values.GetLength(2);
        int columns = (values.GetLength(1) - pass.X + pass.ByX - 1) / pass.ByX;
        byte[] above = new byte[Math.Max(0, columns) * samples * 2];
        for (int y = pass.Y; y < values.GetLength(0) && columns > 0; y += pass.ByY)
        {
            byte[] row = new byte[above.Length];
            for (int i = 0; i < columns * samples; i++)
            {
                ushort value = values[y, pass.X + (i / samples * pass.ByX), i % samples];
                BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * i), value);
            }

            int filter = random.Next(5);
            byte[] filtered = new byte[1 + row.Length];
            filtered[0] = (byte)filter;
            for (int i = 0; i < row.Length; i++)
            {
                int left = i < 2 * samples ? 0 : row[i - (2 * samples)];
                int corner = i < 2 * samples ? 0 : above[i - (2 * samples)];
                int guess = left + above[i] - corner;
                (int a, int b, int c) = (Math.Abs(guess - left), Math.Abs(guess - above[i]), Math.Abs(guess - corner));
                int nearest =
                    a <= b && a <= c ? left
                    : b <= c ? above[i]
                    : corner;
                filtered[1 + i] = (byte)(row[i] - new[] { 0, left, above[i], (left + above[i]) / 2, nearest }[filter]);
            }

            above = row;
            yield return filtered;
        }
    }
}
