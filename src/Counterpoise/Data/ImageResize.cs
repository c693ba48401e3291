using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Counterpoise.Data;

/// <summary>
/// Resizes by a separable triangle filter that widens as the image shrinks, so that every source pixel counts and fine
/// patterns average out instead of turning into false coarse ones. Enlarging is bilinear, equal size changes nothing.
/// </summary>
internal static unsafe class ImageResize
{
    /// <summary>Numbers of a pixel while it is worked on: red, green, blue and one that is not used.</summary>
    private const int Lanes = 4;

    /// <summary>Resizes interleaved pixels into planes.</summary>
    /// <param name="source">Rows of pixels of 4 bytes: red, green, blue, unused.</param>
    /// <param name="size">The source's size.</param>
    /// <param name="target">The size to resize to.</param>
    /// <param name="planes">[3, target.Height, target.Width], written.</param>
    public static void ToPlanes(byte* source, PixelSize size, PixelSize target, Span<byte> planes)
    {
        FilterTaps columns = FilterTaps.Of(size.Width, target.Width);
        FilterTaps rows = FilterTaps.Of(size.Height, target.Height);

        // As many source rows, already resized across, as one target row can need: row y lies at y modulo their number.
        int rowNumbers = Lanes * target.Width;
        float[] lines = new float[rows.Count * rowNumbers];
        float[] sum = new float[rowNumbers];
        int next = 0;
        for (int row = 0; row < target.Height; row++)
        {
            int first = rows.First(row);
            for (; next < first + rows.Count && next < size.Height; next++)
            {
                Across(
                    source + (4L * next * size.Width),
                    columns,
                    lines.AsSpan(next % rows.Count * rowNumbers, rowNumbers)
                );
            }

            sum.AsSpan().Clear();
            ReadOnlySpan<float> weights = rows.Weights(row);
            for (int i = 0; i < weights.Length; i++)
            {
                if (weights[i] != 0)
                {
                    Add(sum, lines.AsSpan((first + i) % rows.Count * rowNumbers, rowNumbers), weights[i]);
                }
            }

            Store(sum, planes, row, target);
        }
    }

    private static void Across(byte* row, FilterTaps columns, Span<float> line)
    {
        for (int column = 0; column < columns.Length; column++)
        {
            byte* pixel = row + (4L * columns.First(column));
            ReadOnlySpan<float> weights = columns.Weights(column);
            Vector128<float> sum = Vector128<float>.Zero;
            for (int i = 0; i < weights.Length; i++, pixel += 4)
            {
                if (weights[i] != 0)
                {
                    sum += Pixel(pixel) * weights[i];
                }
            }

            sum.CopyTo(line[(Lanes * column)..]);
        }
    }

    private static Vector128<float> Pixel(byte* pixel) =>
        Sse41.IsSupported
            ? Vector128.ConvertToSingle(Sse41.ConvertToVector128Int32(pixel))
            : Vector128.Create((float)pixel[0], pixel[1], pixel[2], pixel[3]);

    private static void Add(Span<float> sum, ReadOnlySpan<float> line, float weight)
    {
        for (int i = 0; i < sum.Length; i += Lanes)
        {
            Vector128<float> added = Vector128.Create<float>(sum[i..]) + (Vector128.Create<float>(line[i..]) * weight);
            added.CopyTo(sum[i..]);
        }
    }

    private static void Store(ReadOnlySpan<float> sum, Span<byte> planes, int row, PixelSize target)
    {
        int area = target.Width * target.Height;
        Span<byte> red = planes.Slice(row * target.Width, target.Width);
        Span<byte> green = planes.Slice(area + (row * target.Width), target.Width);
        Span<byte> blue = planes.Slice((2 * area) + (row * target.Width), target.Width);
        for (int column = 0; column < target.Width; column++)
        {
            red[column] = Rounded(sum[Lanes * column]);
            green[column] = Rounded(sum[(Lanes * column) + 1]);
            blue[column] = Rounded(sum[(Lanes * column) + 2]);
        }
    }

    private static byte Rounded(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
