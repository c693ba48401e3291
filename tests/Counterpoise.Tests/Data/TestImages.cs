using Counterpoise.Basics;
using Counterpoise.Data;
using TorchSharp;

namespace Counterpoise.Tests.Data;

/// <summary>Small image sets with pixels that differ everywhere.</summary>
internal static class TestImages
{
    public static byte Pixel(int image, int channel, int row, int column) =>
        (byte)DrawStream.Scramble((ulong)((((((image * 3) + channel) * 64) + row) * 64) + column + 1));

    public static InMemoryImages Random(int count, int height, int width, int classes = 2)
    {
        byte[] bytes = new byte[count * 3 * height * width];
        int at = 0;
        for (int image = 0; image < count; image++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                for (int row = 0; row < height; row++)
                {
                    for (int column = 0; column < width; column++)
                    {
                        bytes[at++] = Pixel(image, channel, row, column);
                    }
                }
            }
        }

        return Of(bytes, count, height, width, classes);
    }

    public static InMemoryImages Of(byte[] bytes, int count, int height, int width, int classes = 2) =>
        new(
            torch.tensor(bytes, dtype: torch.uint8).reshape(count, 3, height, width),
            [.. Enumerable.Range(0, count).Select(i => i % classes)],
            [.. Enumerable.Range(0, classes).Select(c => $"class {c}")]
        );

    public static byte[] Bytes(IImageSource images, params int[] positions)
    {
        using torch.Tensor batch = images.Read(positions);
        return batch.bytes.ToArray();
    }
}
