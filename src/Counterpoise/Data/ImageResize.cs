namespace Counterpoise.Data;

/// <summary>
/// Resizes by a separable triangle filter that widens as the image shrinks, so that every source pixel counts and fine
/// patterns average out instead of turning into false coarse ones. Enlarging is bilinear, equal size changes nothing.
/// </summary>
internal static class ImageResize
{
    private const int Channels = 3;

    /// <summary>Resizes interleaved pixels into planes.</summary>
    /// <param name="source">Rows of <paramref name="width"/> pixels of 4 bytes: red, green, blue, unused.</param>
    /// <param name="width">Source width.</param>
    /// <param name="height">Source height.</param>
    /// <param name="size">Target width and height.</param>
    /// <param name="planes">[3, size, size], written.</param>
    public static unsafe void ToSquare(byte* source, int width, int height, int size, Span<byte> planes)
    {
        Taps[] columns = Taps.Of(width, size);
        Taps[] rows = Taps.Of(height, size);
        int rowValues = Channels * size;
        float[] line = new float[rowValues];
        float[] sums = new float[size * rowValues];
        int first = 0;
        for (int y = 0; y < height; y++)
        {
            Shrink(source + (4L * y * width), columns, line);
            while (first < size && rows[first].End <= y)
            {
                first++;
            }

            for (int o = first; o < size && rows[o].First <= y; o++)
            {
                float weight = rows[o].Weights[y - rows[o].First];
                Span<float> target = sums.AsSpan(o * rowValues, rowValues);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] += weight * line[i];
                }
            }
        }

        int area = size * size;
        for (int i = 0; i < area; i++)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                planes[(channel * area) + i] = (byte)Math.Clamp(sums[(Channels * i) + channel] + 0.5f, 0, 255);
            }
        }
    }

    private static unsafe void Shrink(byte* row, Taps[] columns, float[] line)
    {
        for (int o = 0; o < columns.Length; o++)
        {
            float[] weights = columns[o].Weights;
            byte* pixel = row + (4L * columns[o].First);
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int i = 0; i < weights.Length; i++, pixel += 4)
            {
                red += weights[i] * pixel[0];
                green += weights[i] * pixel[1];
                blue += weights[i] * pixel[2];
            }

            line[Channels * o] = red;
            line[(Channels * o) + 1] = green;
            line[(Channels * o) + 2] = blue;
        }
    }

    /// <summary>Which source pixels one target pixel is the weighted mean of.</summary>
    private readonly record struct Taps(int First, float[] Weights)
    {
        public int End => First + Weights.Length;

        public static Taps[] Of(int from, int to)
        {
            double scale = (double)from / to;
            double reach = Math.Max(1, scale);
            Taps[] taps = new Taps[to];
            for (int o = 0; o < to; o++)
            {
                double centre = ((o + 0.5) * scale) - 0.5;
                int first = Math.Max(0, (int)Math.Floor(centre - reach) + 1);
                int end = Math.Min(from, (int)Math.Ceiling(centre + reach));
                double[] weights = [.. Enumerable.Range(first, end - first).Select(i => reach - Math.Abs(i - centre))];
                double sum = weights.Sum();
                taps[o] = new Taps(first, [.. weights.Select(weight => (float)(weight / sum))]);
            }

            return taps;
        }
    }
}
