using Counterpoise.Tests.Data;
using SkiaSharp;

namespace Counterpoise.Cli.Tests;

/// <summary>Tiny data sets on the disk.</summary>
internal static class ImageSets
{
    public const int CifarClasses = 10;
    private const int CifarPixels = 3 * 32 * 32;

    /// <summary>8x8 PNG images with a training and a test part: noise around a colour of the class.</summary>
    public static void WriteFolder(string folder, IReadOnlyList<string> classes, IReadOnlyList<int> train, int test = 6)
    {
        for (int c = 0; c < classes.Count; c++)
        {
            WriteClass(Path.Combine(folder, "train", classes[c]), c, 0, train[c]);
            WriteClass(Path.Combine(folder, "test", classes[c]), c, 1000, test);
        }
    }

    /// <summary>A folder in CIFAR-10's binary layout.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="perClass">Images of each class in each of the five training batches and the test batch.</param>
    public static void WriteCifar(string folder, int perClass)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(1);
        string[] files = [.. Enumerable.Range(1, 5).Select(batch => $"data_batch_{batch}.bin"), "test_batch.bin"];
        foreach (string file in files)
        {
            byte[] content = new byte[perClass * CifarClasses * (1 + CifarPixels)];
            random.NextBytes(content);
            for (int i = 0; i < perClass * CifarClasses; i++)
            {
                content[i * (1 + CifarPixels)] = (byte)(i % CifarClasses);
            }

            File.WriteAllBytes(Path.Combine(folder, file), content);
        }
    }

    /// <summary>A PNG of black pixels, a thousandth of their size.</summary>
    public static void WriteBomb(string path, int width, int height)
    {
        byte[] row = new byte[(width + 7) / 8];
        TestFiles.WritePng(path, (width, height, 1, 0), Enumerable.Repeat(row, height));
    }

    private static void WriteClass(string folder, int label, int seed, int count)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < count; i++)
        {
            var random = new Random(seed + (100 * label) + i);
            byte Value(int channel) => (byte)((channel == label % 3 ? 90 : 60) + random.Next(100));
            string path = Path.Combine(folder, $"{i:D3}.png");
            TestFiles.Write(path, 8, 8, (_, _) => new SKColor(Value(0), Value(1), Value(2)));
        }
    }
}
