using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>
/// Resizes by a separable triangle filter that widens as the image shrinks, so that every source pixel counts and fine
/// patterns average out instead of turning into false coarse ones. Enlarging is bilinear, equal size changes nothing.
/// </summary>
internal static unsafe class ImageResize
{
    /// <summary>Numbers of a pixel while it is worked on: red, green, blue and one that is not used.</summary>
    private const int Lanes = 4;

    private static readonly Vector128<byte> ByChannel = Vector128.Create(
        (byte)0,
        4,
        8,
        12,
        1,
        5,
        9,
        13,
        2,
        6,
        10,
        14,
        3,
        7,
        11,
        15
    );

    /// <summary>Resizes interleaved pixels into planes.</summary>
    /// <param name="source">Rows of pixels of 4 bytes: red, green, blue, unused.</param>
    /// <param name="stride">The pixels from one row to the next.</param>
    /// <param name="size">The source's size.</param>
    /// <param name="target">The size to resize to.</param>
    /// <param name="planes">[3, target.Height, target.Width], written.</param>
    public static void ToPlanes(byte* source, int stride, PixelSize size, PixelSize target, Span<byte> planes)
    {
        FilterTaps columns = FilterTaps.Of(size.Width, target.Width);
        FilterTaps rows = FilterTaps.Of(size.Height, target.Height);
        int numbers = Lanes * size.Width;
        float[] line = ArrayPool<float>.Shared.Rent(numbers);
        fixed (float* sum = line)
        fixed (byte* red = planes)
        {
            nint area = (nint)target.Width * target.Height;
            for (int row = 0; row < target.Height; row++)
            {
                Down(
                    source + ((nint)rows.First(row) * Lanes * stride),
                    Lanes * stride,
                    numbers,
                    rows.Weights(row),
                    sum
                );
                Across(sum, columns, red + ((nint)row * target.Width), area);
            }
        }

        ArrayPool<float>.Shared.Return(line);
    }

    /// <summary>Resizes an image in planes.</summary>
    /// <inheritdoc cref="PartToPlanes"/>
    public static void ToPlanes(byte* source, PixelSize size, PixelSize target, Span<byte> planes) =>
        PartToPlanes(source, size, new PixelBox(0, 0, size.Width, size.Height), target, planes);

    /// <summary>Resizes a part of an image in planes.</summary>
    /// <param name="source">[3, size.Height, size.Width].</param>
    /// <param name="size">The image's size.</param>
    /// <param name="part">The part.</param>
    /// <param name="target">The size to resize to.</param>
    /// <param name="planes">[3, target.Height, target.Width], written.</param>
    public static void PartToPlanes(byte* source, PixelSize size, PixelBox part, PixelSize target, Span<byte> planes)
    {
        nint area = (nint)size.Width * size.Height;
        byte[] pixels = ArrayPool<byte>.Shared.Rent(Lanes * part.Width * part.Height);
        fixed (byte* first = pixels)
        {
            byte* to = first;
            for (int row = part.Top; row < part.Top + part.Height; row++)
            {
                byte* from = source + ((nint)row * size.Width) + part.Left;
                for (byte* end = from + part.Width; from < end; from++, to += Lanes)
                {
                    (to[0], to[1], to[2]) = (from[0], from[area], from[2 * area]);
                }
            }

            ToPlanes(first, part.Width, part.Size, target, planes);
        }

        ArrayPool<byte>.Shared.Return(pixels);
    }

    /// <summary>The weighted sum of rows that follow each other.</summary>
    private static void Down(byte* rows, int stride, int numbers, ReadOnlySpan<float> weights, float* sum)
    {
        int number = 0;
        if (Avx2.IsSupported)
        {
            for (; number + Vector256<float>.Count <= numbers; number += Vector256<float>.Count)
            {
                Vector256<float> total = Vector256<float>.Zero;
                byte* at = rows + number;
                foreach (float weight in weights)
                {
                    var values = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(at));
                    total = Vector256.FusedMultiplyAdd(values, Vector256.Create(weight), total);
                    at += stride;
                }

                total.Store(sum + number);
            }
        }

        for (; number < numbers; number++)
        {
            float total = 0;
            byte* at = rows + number;
            foreach (float weight in weights)
            {
                total = MathF.FusedMultiplyAdd(*at, weight, total);
                at += stride;
            }

            sum[number] = total;
        }
    }

    /// <summary>Resizes one row, rounds it and writes it to the three planes.</summary>
    private static void Across(float* line, FilterTaps columns, byte* red, nint area)
    {
        byte* green = red + area;
        byte* blue = green + area;
        int column = 0;
        for (; column + 4 <= columns.Length; column += 4)
        {
            // Four pixels of four bytes become four bytes of each channel.
            Vector128<byte> pixels = Vector128.NarrowWithSaturation(
                Vector128.NarrowWithSaturation(Pixel(line, columns, column), Pixel(line, columns, column + 1)),
                Vector128.NarrowWithSaturation(Pixel(line, columns, column + 2), Pixel(line, columns, column + 3))
            );
            Vector128<int> channels = Vector128.Shuffle(pixels, ByChannel).AsInt32();
            Unsafe.WriteUnaligned(red + column, channels[0]);
            Unsafe.WriteUnaligned(green + column, channels[1]);
            Unsafe.WriteUnaligned(blue + column, channels[2]);
        }

        for (; column < columns.Length; column++)
        {
            Vector128<uint> pixel = Pixel(line, columns, column);
            red[column] = (byte)Math.Min(pixel[0], byte.MaxValue);
            green[column] = (byte)Math.Min(pixel[1], byte.MaxValue);
            blue[column] = (byte)Math.Min(pixel[2], byte.MaxValue);
        }
    }

    /// <summary>One target pixel, rounded to the nearest.</summary>
    private static Vector128<uint> Pixel(float* line, FilterTaps columns, int column)
    {
        float* at = line + (Lanes * columns.First(column));
        Vector128<float> sum = Vector128.Create(0.5f);
        foreach (float weight in columns.Weights(column))
        {
            sum = Vector128.FusedMultiplyAdd(Vector128.Load(at), Vector128.Create(weight), sum);
            at += Lanes;
        }

        return Vector128.ConvertToUInt32Native(sum);
    }
}
