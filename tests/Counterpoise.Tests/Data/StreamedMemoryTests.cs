using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Runtime;
using SkiaSharp;
using TorchSharp;

namespace Counterpoise.Tests.Data;

public sealed class StreamedMemoryTests
{
    /// <summary>
    /// 8,000 images of 192x192 would take 885 MB decoded; the memory of a few batches is what is needed of them. The C
    /// library keeps some of what many threads gave back (with MALLOC_ARENA_MAX=1 it does not), so the bound is far from both.
    /// </summary>
    [Fact]
    public void Thousands_of_streamed_images_take_the_memory_of_a_few()
    {
        const int images = 8_000;
        const int size = 192;
        using var temp = new TempFolder();
        string first = temp.At("train", "a", "0.jpg");
        TestFiles.Write(first, size, size, (x, y) => new SKColor((byte)x, (byte)y, 90), quality: 50);
        byte[] content = File.ReadAllBytes(first);
        foreach (string name in new[] { "a", "b" })
        {
            File.WriteAllBytes(temp.At("test", name, "0.jpg"), content);
            for (int i = 0; i < images / 2; i++)
            {
                File.WriteAllBytes(temp.At("train", name, $"{i}.jpg"), content);
            }
        }

        using ImageData data = ImageDataSource.Open(
            temp.Path,
            new OpenOptions { ImageSize = size, Store = ImageStore.Stream }
        );
        Assert.Equal(images, data.Train.Count);
        Read(data, 512);
        long before = Kept();

        Read(data, images);

        long grown = Kept() - before;
        Assert.True(grown < 400_000_000, $"{grown} bytes more");
    }

    /// <summary>What the process holds without garbage, whose amount is the collector's choice.</summary>
    private static long Kept()
    {
        Allocator.GiveGarbageBack();
        return Environment.WorkingSet;
    }

    private static void Read(ImageData data, int images)
    {
        var batches = ReadAhead.Of(
            Enumerable.Range(0, images).Chunk(64),
            positions => data.Train.Read(positions),
            isSlow: true,
            unread => unread.Dispose()
        );
        int read = 0;
        foreach (torch.Tensor batch in batches)
        {
            read += (int)batch.shape[0];
            batch.Dispose();
        }

        Assert.Equal(images, read);
    }
}
