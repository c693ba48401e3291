using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>
/// The transforms of Winograd's F(4x4, 3x3) convolution (Lavin and Gray, CVPR 2016, section 4.3): a 4x4 tile of output
/// is A^T [(G g G^T) * (B^T d B)] A, with 36 products for each pair of channels instead of 144.
/// </summary>
/// <remarks>Points are the 36 places of a transformed 6x6 tile. Buffers of them are [point][tile][channel], float32.</remarks>
internal static unsafe class WinogradTransforms
{
    internal const int Points = 36;
    private const int Wide = 6;
    private const int Tile = Tiles.Size;

    /// <summary>Numbers that <see cref="Input"/> needs to work in, for tiles of a size.</summary>
    internal static nint InputColumns(Tiles tiles) => Wide * RowOfColumns(tiles);

    /// <summary>B^T d B of rows of tiles of an input with a border of one zero.</summary>
    /// <remarks>Neighbouring tiles share two columns of pixels: a column is transformed once for a whole row of tiles.</remarks>
    /// <param name="map">[N, H, W, channels].</param>
    /// <param name="tiles">The map's.</param>
    /// <param name="channels">A multiple of 8.</param>
    /// <param name="first">The first row of tiles.</param>
    /// <param name="count">How many rows of tiles.</param>
    /// <param name="zeros">A row of W * channels zeros in the map's format.</param>
    /// <param name="columns">Room for <see cref="InputColumns"/> numbers: zeros at first, then what this left there.</param>
    /// <param name="points">Where to: [point][tile][channel].</param>
    /// <param name="stride">Numbers between two points.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Input<T>(
        byte* map,
        Tiles tiles,
        int channels,
        int first,
        int count,
        byte* zeros,
        float* columns,
        float* points,
        nint stride
    )
        where T : IElement
    {
        byte** rows = stackalloc byte*[Wide];
        MapShape shape = tiles.Shape;
        int across = tiles.Across;
        nint width = RowOfColumns(tiles);
        nint rowBytes = (nint)shape.Width * channels * T.Size;
        for (int row = 0; row < count; row++)
        {
            (int image, int top, _) = tiles[(first + row) * across];
            for (int i = 0; i < Wide; i++)
            {
                int y = top - 1 + i;
                bool inside = (uint)y < (uint)shape.Height;
                rows[i] = inside ? map + ((((nint)image * shape.Height) + y) * rowBytes) : zeros;
            }

            for (int c = 0; c < channels; c += 8)
            {
                // The columns left and right of the map are never written: they stay zero.
                float* column = columns + 8;
                nint at = c;
                for (int x = 0; x < shape.Width; x++, at += channels, column += 8)
                {
                    InputColumn(
                        T.Load(rows[0], at),
                        T.Load(rows[1], at),
                        T.Load(rows[2], at),
                        T.Load(rows[3], at),
                        T.Load(rows[4], at),
                        T.Load(rows[5], at),
                        column,
                        width
                    );
                }

                float* target = points + ((nint)row * across * channels) + c;
                for (int t = 0; t < across; t++, target += channels)
                {
                    float* tile = columns + (t * Tile * 8);
                    for (int i = 0; i < Wide; i++, tile += width)
                    {
                        InputColumn(
                            Vector256.Load(tile),
                            Vector256.Load(tile + 8),
                            Vector256.Load(tile + 16),
                            Vector256.Load(tile + 24),
                            Vector256.Load(tile + 32),
                            Vector256.Load(tile + 40),
                            target + (i * Wide * stride),
                            stride
                        );
                    }
                }
            }
        }
    }

    /// <summary>Numbers of one row of the transformed columns of a row of tiles: its pixels and one on each side.</summary>
    private static nint RowOfColumns(Tiles tiles) => ((nint)tiles.Across * Tile * 8) + 16;

    /// <summary>B^T d for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputColumn(
        Vector256<float> d0,
        Vector256<float> d1,
        Vector256<float> d2,
        Vector256<float> d3,
        Vector256<float> d4,
        Vector256<float> d5,
        float* to,
        nint stride
    )
    {
        Vector256<float> four = Vector256.Create(4f);
        Vector256<float> minusFour = Vector256.Create(-4f);
        Vector256<float> minusFive = Vector256.Create(-5f);
        Multiply(d0, four, Multiply(d2, minusFive, d4)).Store(to);
        Vector256<float> even = Multiply(d2, minusFour, d4);
        Vector256<float> odd = Multiply(d1, minusFour, d3);
        (even + odd).Store(to + stride);
        (even - odd).Store(to + (2 * stride));
        even = d4 - d2;
        odd = d3 - d1;
        odd += odd;
        (even + odd).Store(to + (3 * stride));
        (even - odd).Store(to + (4 * stride));
        Multiply(d1, four, Multiply(d3, minusFive, d5)).Store(to + (5 * stride));
    }

    /// <summary>A d A^T of tiles of an output's gradient: the transpose of <see cref="Output"/>.</summary>
    /// <param name="map">[N, H, W, channels].</param>
    /// <param name="tiles">The map's.</param>
    /// <param name="channels">A multiple of 8.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">How many tiles.</param>
    /// <param name="zeros">A row of W * channels zeros in the map's format.</param>
    /// <param name="points">Where to: [point][tile][channel].</param>
    /// <param name="stride">Numbers between two points.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradient<T>(
        byte* map,
        Tiles tiles,
        int channels,
        int first,
        int count,
        byte* zeros,
        float* points,
        nint stride
    )
        where T : IElement
    {
        float* columns = stackalloc float[Wide * Tile * 8];
        byte** rows = stackalloc byte*[Tile];
        MapShape shape = tiles.Shape;
        nint rowBytes = (nint)shape.Width * channels * T.Size;
        for (int t = 0; t < count; t++)
        {
            (int image, int top, int left) = tiles[first + t];
            for (int i = 0; i < Tile; i++)
            {
                bool inside = top + i < shape.Height;
                rows[i] = inside ? map + ((((nint)image * shape.Height) + top + i) * rowBytes) : zeros;
            }

            for (int c = 0; c < channels; c += 8)
            {
                for (int j = 0; j < Tile; j++)
                {
                    float* to = columns + (j * 8);
                    if (left + j >= shape.Width)
                    {
                        for (int i = 0; i < Wide; i++)
                        {
                            Vector256<float>.Zero.Store(to + (i * Tile * 8));
                        }

                        continue;
                    }

                    nint at = ((nint)(left + j) * channels) + c;
                    GradientColumn(
                        T.Load(rows[0], at),
                        T.Load(rows[1], at),
                        T.Load(rows[2], at),
                        T.Load(rows[3], at),
                        to,
                        Tile * 8
                    );
                }

                float* target = points + ((nint)t * channels) + c;
                for (int i = 0; i < Wide; i++)
                {
                    float* row = columns + (i * Tile * 8);
                    GradientColumn(
                        Vector256.Load(row),
                        Vector256.Load(row + 8),
                        Vector256.Load(row + 16),
                        Vector256.Load(row + 24),
                        target + (i * Wide * stride),
                        stride
                    );
                }
            }
        }
    }

    /// <summary>A d for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientColumn(
        Vector256<float> d0,
        Vector256<float> d1,
        Vector256<float> d2,
        Vector256<float> d3,
        float* to,
        nint stride
    )
    {
        d0.Store(to);
        Vector256<float> even = d0 + d2;
        Vector256<float> odd = d1 + d3;
        (even + odd).Store(to + stride);
        (even - odd).Store(to + (2 * stride));
        even = Multiply(d2, Vector256.Create(4f), d0);
        odd = Multiply(d3, Vector256.Create(8f), d1 + d1);
        (even + odd).Store(to + (3 * stride));
        (even - odd).Store(to + (4 * stride));
        d3.Store(to + (5 * stride));
    }

    /// <summary>A^T m A of tiles: the convolution's output.</summary>
    /// <param name="points">[point][tile][channel].</param>
    /// <param name="stride">Numbers between two points.</param>
    /// <param name="map">Where to: [N, H, W, channels].</param>
    /// <param name="tiles">The map's.</param>
    /// <param name="channels">A multiple of 8.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">How many tiles.</param>
    /// <param name="epilogue">What is done to the output before it is written.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Output<T, TEpilogue>(
        float* points,
        nint stride,
        byte* map,
        Tiles tiles,
        int channels,
        int first,
        int count,
        TEpilogue epilogue
    )
        where T : IElement
        where TEpilogue : struct, IEpilogue
    {
        float* columns = stackalloc float[Wide * Tile * 8];
        MapShape shape = tiles.Shape;
        for (int t = 0; t < count; t++)
        {
            (int image, int top, int left) = tiles[first + t];
            int height = Math.Min(Tile, shape.Height - top);
            int width = Math.Min(Tile, shape.Width - left);
            nint corner = ((((nint)image * shape.Height) + top) * shape.Width) + left;
            for (int c = 0; c < channels; c += 8)
            {
                float* source = points + ((nint)t * channels) + c;
                for (int j = 0; j < Wide; j++)
                {
                    (Vector256<float> o0, Vector256<float> o1, Vector256<float> o2, Vector256<float> o3) = OutputColumn(
                        Vector256.Load(source + (j * stride)),
                        Vector256.Load(source + ((Wide + j) * stride)),
                        Vector256.Load(source + (((2 * Wide) + j) * stride)),
                        Vector256.Load(source + (((3 * Wide) + j) * stride)),
                        Vector256.Load(source + (((4 * Wide) + j) * stride)),
                        Vector256.Load(source + (((5 * Wide) + j) * stride))
                    );
                    float* to = columns + (j * 8);
                    o0.Store(to);
                    o1.Store(to + (Wide * 8));
                    o2.Store(to + (2 * Wide * 8));
                    o3.Store(to + (3 * Wide * 8));
                }

                for (int i = 0; i < height; i++)
                {
                    float* row = columns + (i * Wide * 8);
                    (Vector256<float> o0, Vector256<float> o1, Vector256<float> o2, Vector256<float> o3) = OutputColumn(
                        Vector256.Load(row),
                        Vector256.Load(row + 8),
                        Vector256.Load(row + 16),
                        Vector256.Load(row + 24),
                        Vector256.Load(row + 32),
                        Vector256.Load(row + 40)
                    );
                    nint at = ((corner + ((nint)i * shape.Width)) * channels) + c;
                    T.Store(map, at, epilogue.Apply<T>(o0, at, c));
                    if (width > 1)
                    {
                        T.Store(map, at + channels, epilogue.Apply<T>(o1, at + channels, c));
                    }

                    if (width > 2)
                    {
                        T.Store(map, at + (2 * channels), epilogue.Apply<T>(o2, at + (2 * channels), c));
                    }

                    if (width > 3)
                    {
                        T.Store(map, at + (3 * channels), epilogue.Apply<T>(o3, at + (3 * channels), c));
                    }
                }
            }
        }
    }

    /// <summary>A^T m for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>) OutputColumn(
        Vector256<float> m0,
        Vector256<float> m1,
        Vector256<float> m2,
        Vector256<float> m3,
        Vector256<float> m4,
        Vector256<float> m5
    )
    {
        Vector256<float> sum1 = m1 + m2;
        Vector256<float> difference1 = m1 - m2;
        Vector256<float> sum2 = m3 + m4;
        Vector256<float> difference2 = m3 - m4;
        return (
            m0 + sum1 + sum2,
            Multiply(difference2, Vector256.Create(2f), difference1),
            Multiply(sum2, Vector256.Create(4f), sum1),
            Multiply(difference2, Vector256.Create(8f), difference1 + m5)
        );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b, Vector256<float> add) =>
        Vector256.FusedMultiplyAdd(a, b, add);
}
