using SkiaSharp;

namespace Counterpoise.Benchmarks.Work;

/// <summary>JPEG files that take as long to decode as photographs: smooth shapes under some noise.</summary>
internal static class JpegFiles
{
    private const int UsualWidth = 500;
    private const int UsualHeight = 375;
    private const int Quality = 90;
    private const int Classes = 2;
    private const int Different = 16;

    /// <summary>Writes training images of two classes, and a test image of each.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="images">The number of training images.</param>
    /// <param name="side">Width and height; null for 500x375 pixels.</param>
    internal static void Write(string folder, int images, int? side = null)
    {
        byte[][] contents =
        [
            .. Enumerable.Range(0, Different).Select(seed => Encode(seed, side ?? UsualWidth, side ?? UsualHeight)),
        ];
        for (int i = 0; i < images + Classes; i++)
        {
            string parent = Path.Combine(folder, i < images ? "train" : "test", $"class{i % Classes}");
            Directory.CreateDirectory(parent);
            File.WriteAllBytes(Path.Combine(parent, $"{i}.jpg"), contents[i % Different]);
        }
    }

    private static byte[] Encode(int seed, int width, int height)
    {
        var noise = new Random(seed);
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(new SKColor(90, 120, 160));
            for (int shape = 0; shape < 40; shape++)
            {
                using var paint = new SKPaint { IsAntialias = true };
                paint.Color = new SKColor((byte)noise.Next(256), (byte)noise.Next(256), (byte)noise.Next(256));
                canvas.DrawCircle(noise.Next(width), noise.Next(height), noise.Next(10, 90), paint);
            }
        }

        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)Math.Clamp(pixels[i] + noise.Next(-12, 13), 0, 255);
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }
}
