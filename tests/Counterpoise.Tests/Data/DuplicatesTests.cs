using Counterpoise.Data;
using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class DuplicatesTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void The_same_bytes_in_other_parts_and_classes_are_counted_and_named()
    {
        TestTree.Make(temp, "train/cat 3; train/dog 3; test/cat 2; test/dog 2");
        Copy("train/cat/00.png", "test/cat/again.png");
        Copy("train/dog/01.png", "test/cat/wrong.png");
        Copy("train/cat/02.png", "train/dog/02 copy.png");
        Copy("train/cat/01.png", "train/cat/01 copy.png");
        using ImageData data = ImageDataSource.Open(temp.Path);
        Assert.Contains(
            data.Notes,
            note =>
                note.Contains("2 images have the same bytes as one of another part, such as", StringComparison.Ordinal)
                && note.Contains("again.png", StringComparison.Ordinal)
        );
        Assert.Contains(
            data.Notes,
            note =>
                note.Contains("2 images have the same bytes as one of another class, such as", StringComparison.Ordinal)
        );
        Assert.Equal(
            [(DuplicateKind.AcrossParts, 2), (DuplicateKind.AcrossClasses, 2), (DuplicateKind.WithinClass, 1)],
            TestTree.Inspect(temp.Path).Identical.Select(found => (found.Kind, found.Count))
        );
    }

    [Fact]
    public void Images_that_are_read_as_they_are_needed_are_not_compared_and_that_is_said()
    {
        TestTree.Make(temp, "cat 3; dog 3");
        using ImageData data = ImageDataSource.Open(temp.Path, new OpenOptions { Store = ImageStore.Stream });
        Assert.Contains(
            data.Notes,
            note => note.Contains("not looked for while images are streamed", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Copies_that_were_resized_or_compressed_anew_are_found_and_others_are_not()
    {
        for (int i = 0; i < 40; i++)
        {
            Scene(temp.At("train", i % 2 == 0 ? "cat" : "dog", $"{i:00}.png"), i, 96, 100);
        }

        Scene(temp.At("test", "cat", "small.jpg"), 4, 48, 90);
        Scene(temp.At("test", "dog", "bad.jpg"), 5, 96, 30);
        Scene(temp.At("test", "dog", "other.png"), 900, 96, 100);
        Scene(temp.At("train", "dog", "large.webp"), 6, 160, 90);
        DataInspection found = ImageDataSource.Inspect(temp.Path, new OpenOptions { Compares = true });
        Assert.Equal(
            [(DuplicateKind.AcrossParts, 2), (DuplicateKind.AcrossClasses, 1)],
            found.Near!.Select(near => (near.Kind, near.Count))
        );
        Assert.Equal(
            [("04.png", "small.jpg"), ("05.png", "bad.jpg")],
            found.Near![0].Pairs.Select(pair => (Path.GetFileName(pair.First), Path.GetFileName(pair.Second))).Order()
        );
        Assert.Empty(found.Identical);
    }

    [Fact]
    public void Pairs_within_the_number_of_bits_are_all_found()
    {
        var random = new Random(3);
        byte[] gray = new byte[256];
        ulong[] bits = [.. Enumerable.Range(0, 300).Select(_ => (ulong)random.NextInt64())];
        List<ulong> all = [.. bits];
        for (int i = 0; i < 60; i++)
        {
            ulong changed = bits[i];
            foreach (
                int bit in Enumerable.Range(0, 64).OrderBy(_ => random.Next()).Take(i % (PerceptualHash.MostBits + 1))
            )
            {
                changed ^= 1ul << bit;
            }

            all.Add(changed);
        }

        PartFile[] files = [.. all.Select((_, i) => new PartFile($"{i}", 0, Part.Train))];
        IReadOnlyList<DuplicateFinding> found = NearImages.Find(
            files,
            [.. all.Select(hash => new PerceptualHash(hash, gray))]
        );
        Assert.Equal(
            Enumerable.Range(0, 60).Select(i => ($"{i}", $"{300 + i}")).Order(),
            Assert.Single(found).Pairs.Order()
        );
    }

    private void Copy(string from, string to) => File.Copy(temp.At(from.Split('/')), temp.At(to.Split('/')));

    /// <summary>A picture with shapes of its own, drawn at any size.</summary>
    private static void Scene(string path, int seed, int size, int quality)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(size, size);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(size / 96f);
            canvas.Clear(new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
            for (int i = 0; i < 12; i++)
            {
                using var paint = new SKPaint
                {
                    Color = new SKColor((uint)random.NextInt64() | 0xFF000000),
                    IsAntialias = true,
                };
                canvas.DrawCircle(random.Next(96), random.Next(96), 6 + random.Next(24), paint);
            }
        }

        SKEncodedImageFormat format = Path.GetExtension(path) switch
        {
            ".png" => SKEncodedImageFormat.Png,
            ".webp" => SKEncodedImageFormat.Webp,
            _ => SKEncodedImageFormat.Jpeg,
        };
        using FileStream file = File.Create(path);
        bitmap.Encode(file, format, quality);
    }
}
