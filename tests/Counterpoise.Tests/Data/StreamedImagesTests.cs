using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Pixels;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using SkiaSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Data;

public sealed class StreamedImagesTests : IDisposable
{
    private readonly TempFolder temp = new();

    public StreamedImagesTests()
    {
        foreach (string part in new[] { "train", "test" })
        {
            for (int i = 0; i < 12; i++)
            {
                string name = i % 3 == 0 ? "jpg" : "png";
                string path = temp.At(Path.Combine(part, i % 2 == 0 ? "even" : "odd", $"{i}.{name}"));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                (int width, int height, int shade) = (20 + (3 * i), 30 - i, part == "train" ? 0 : 100);
                TestFiles.Write(
                    path,
                    width,
                    height,
                    (x, y) => new SKColor((byte)(7 * x), (byte)(8 * y), (byte)(shade + (5 * i)))
                );
            }
        }
    }

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData(16, 16)]
    [InlineData(12, 16)]
    public void Streaming_and_packing_give_what_memory_gives(int size, int resize)
    {
        var options = new OpenOptions { ImageSize = size, Resize = resize };
        using ImageData memory = ImageDataSource.Open(temp.Path, options with { Store = ImageStore.Memory });
        using ImageData streamed = ImageDataSource.Open(temp.Path, options with { Store = ImageStore.Stream });
        Pack(temp.Path, temp.At("images.pack"), options with { ImageSize = resize, Resize = null });
        using ImageData packed = ImageDataSource.Open(temp.At("images.pack"), options);
        var changes = new Augmentation(size == resize ? 2 : 0, true);
        Augmentation strong = changes with { AutoAugment = AutoAugmentPolicy.Cifar, Cutout = 5 };
        var photographs = new Augmentation(0, true)
        {
            LeastArea = 0.1,
            ColourJitter = 0.4,
            HueJitter = 0.2,
            RandAugment = 2,
        };
        int[] positions = [3, 0, 11, 3, 7];

        foreach (ImageData other in new[] { streamed, packed })
        {
            Assert.Equal(memory.Train.Classes, other.Train.Classes);
            Assert.Equal(memory.Train.Labels, other.Train.Labels);
            Assert.Equal(memory.Test.Labels, other.Test.Labels);
            Assert.Equal(Bytes(memory.Train.Read(positions)), Bytes(other.Train.Read(positions)));
            Assert.Equal(Bytes(memory.Test.Read(positions)), Bytes(other.Test.Read(positions)));
            foreach (
                var augmentation in new[] { changes, strong, photographs }.Select(c => new BatchAugmentation(
                    c,
                    new Draws(5),
                    3,
                    7
                ))
            )
            {
                Assert.Equal(
                    Bytes(memory.Train.Read(positions, augmentation)),
                    Bytes(other.Train.Read(positions, augmentation))
                );
            }

            Assert.Equal(Fingerprint.Of(memory.Train), Fingerprint.Of(other.Train));
            Assert.Equal(memory.NormalisationFor(memory.Train), other.NormalisationFor(other.Train));
        }

        Assert.True(streamed.Train.IsSlow);
        Assert.False(memory.Train.IsSlow || packed.Train.IsSlow);
    }

    [Fact]
    public void The_shorter_side_keeps_the_shape_and_crops_lie_within_the_image()
    {
        var options = new OpenOptions
        {
            ImageSize = 16,
            Resize = 20,
            ResizeRule = ResizeRule.ShorterSide,
        };
        using ImageData streamed = ImageDataSource.Open(temp.Path, options);
        Pack(temp.Path, temp.At("images.pack"), options with { ImageSize = 20 });
        using ImageData packed = ImageDataSource.Open(temp.At("images.pack"), options);
        var augmentation = new BatchAugmentation(new Augmentation(0, true), new Draws(5), 0, 0);
        int[] all = [.. Enumerable.Range(0, streamed.Train.Count)];

        var image = new PixelBuffer();
        var stored = (IStoredImages)streamed.Train;
        int first = Enumerable
            .Range(0, all.Length)
            .First(i => stored.Describe(i).EndsWith("2.png", StringComparison.Ordinal));
        Assert.Null(stored.Load(first, image));
        Assert.Equal(new PixelSize(20, 22), image.Size); // 26x28 before.
        Assert.Equal(Bytes(streamed.Train.Read(all)), Bytes(packed.Train.Read(all)));
        Assert.Equal(Bytes(streamed.Train.Read(all, augmentation)), Bytes(packed.Train.Read(all, augmentation)));
    }

    [Fact]
    public void Crops_without_padding_are_parts_of_the_image_and_all_of_them_occur()
    {
        using Tensor pixels = arange(3 * 6 * 7).to(ScalarType.Byte).reshape(1, 3, 6, 7);
        using var images = new InMemoryImages(pixels.clone(), [0], ["a"], size: 4);
        HashSet<(int, int, bool)> seen = [];
        for (int place = 0; place < 400; place++)
        {
            var augmentation = new BatchAugmentation(new Augmentation(0, true), new Draws(1), 0, place);
            using Tensor crop = images.Read([0], augmentation);
            CropAndFlip change = augmentation.At(0, 2, 3);
            seen.Add((change.Top, change.Left, change.Flip));
            using Tensor part = pixels[
                ..,
                ..,
                TensorIndex.Slice(change.Top, change.Top + 4),
                TensorIndex.Slice(change.Left, change.Left + 4)
            ];
            using Tensor wanted = change.Flip ? part.flip(3) : part.alias();
            Assert.Equal(Bytes(wanted.contiguous()), crop.bytes.ToArray());
        }

        Assert.Equal(3 * 4 * 2, seen.Count);
        Assert.Equal(Bytes(pixels[.., .., 1..5, 1..5].contiguous()), Bytes(images.Read([0])));
    }

    /// <summary>Whatever the orientation, and whatever the images that are tested on are resized to.</summary>
    [Fact]
    public void Parts_of_originals_are_cut_from_upright_pictures_of_full_size()
    {
        using var folder = new TempFolder();
        for (byte orientation = 1; orientation <= 8; orientation++)
        {
            string path = folder.At("train", orientation % 2 == 0 ? "even" : "odd", $"{orientation}.png");
            TestFiles.Write(path, 90, 60, (x, y) => new SKColor((byte)(x * y), (byte)(5 * x), (byte)(4 * y)));
            TestFiles.AddChunk(path, "eXIf", TestFiles.Exif(orientation, isLong: false, isLittle: true));
        }

        Directory.CreateDirectory(folder.At("test"));
        CopyFolder(folder.At("train"), folder.At("test"));
        using ImageData streamed = ImageDataSource.Open(folder.Path, Streamed with { Resize = 20 });
        var stored = (IStoredImages)streamed.Train;
        var upright = new PixelBuffer();
        var whole = new ImageReading(new ImageGeometry(60, 60, ResizeRule.ShorterSide));
        for (int place = 0; place < 80; place++)
        {
            int position = place % streamed.Train.Count;
            var changes = new BatchAugmentation(
                new Augmentation(0, true) { LeastArea = 0.05, FromOriginals = true },
                new Draws(5),
                2,
                place
            );
            Assert.Null(ImageDecoder.Decode(stored.Describe(position), whole, upright, out PixelSize original));
            Assert.Equal(original, upright.Size);
            PixelBox part = changes.PartAt(0, original);
            bool flip = changes.At(0).Flip;
            byte[] planes = upright.Planes.ToArray();
            byte[] found = Bytes(streamed.Train.Read([position], changes));
            for (int i = 0; i < found.Length; i++)
            {
                (int channel, int row, int column) = (i / 256, i / 16 % 16, i % 16);
                double slow = SlowResize.At(
                    (x, y) => planes[(((channel * original.Height) + part.Top + y) * original.Width) + part.Left + x],
                    part.Size,
                    16,
                    flip ? 15 - column : column,
                    row
                );
                Assert.True(
                    Math.Abs(slow - found[i]) < 0.501,
                    $"{stored.Describe(position)} {part} at {i}: {slow}, not {found[i]}"
                );
            }
        }
    }

    /// <summary>A JPEG is decoded at eighths of its size where a part is large enough for that.</summary>
    [Fact]
    public void Parts_of_a_large_JPEG_are_nearly_those_of_its_full_size()
    {
        using var folder = new TempFolder();
        foreach (string part in new[] { "train", "test" })
        {
            foreach (string name in new[] { "a", "b" })
            {
                TestFiles.Write(
                    folder.At(part, name, "1.jpg"),
                    803,
                    597,
                    (x, y) => new SKColor((byte)(x / 4), (byte)(y / 3), (byte)((x + y) / 6))
                );
            }
        }

        using ImageData streamed = ImageDataSource.Open(folder.Path, Streamed);
        var changes = new Augmentation(0, false) { LeastArea = 0.05, FromOriginals = true };
        for (int place = 0; place < 40; place++)
        {
            var batch = new BatchAugmentation(changes, new Draws(5), 0, place);
            PixelBox part = batch.PartAt(0, new PixelSize(803, 597));
            byte[] found = Bytes(streamed.Train.Read([0], batch));
            for (int i = 0; i < 256; i++)
            {
                double x = part.Left + (((i % 16) + 0.5) * part.Width / 16) - 0.5;
                double y = part.Top + (((i / 16) + 0.5) * part.Height / 16) - 0.5;
                Assert.Equal(x / 4, found[i], 3.5);
                Assert.Equal(y / 3, found[256 + i], 3.5);
            }
        }
    }

    [Fact]
    public void A_training_that_cuts_from_originals_streams_them()
    {
        Recipe recipe = Recipe.Erm with
        {
            Data = new DataSettings { RandomResizedCrop = 0.08, CropFrom = CropSource.Original },
        };
        var plan = new TrainingPlan(recipe, temp.Path, false, new Execution(1, "cpu", Precision.Fp32));
        Assert.Equal(ImageStore.Stream, plan.OpenOptions.Store);
        Assert.Equal(ImageStore.Memory, (plan with { Store = ImageStore.Memory }).OpenOptions.Store);
        using ImageData streamed = ImageDataSource.Open(temp.Path, plan.OpenOptions);
        TrainingData data = TrainingData.Prepare(streamed, recipe.Data);
        Assert.True(data.Train.HasOriginals && data.Augmentation.FromOriginals);
        using ImageData memory = ImageDataSource.Open(temp.Path, (plan with { Store = ImageStore.Memory }).OpenOptions);
        Assert.Throws<UsageException>(() => TrainingData.Prepare(memory, recipe.Data));
        Assert.Equal(ImageStore.Auto, (plan with { Recipe = Recipe.Erm }).OpenOptions.Store);
    }

    [Fact]
    public void An_unreadable_file_is_named_when_it_is_read_and_can_be_packed_without()
    {
        string broken = temp.At(Path.Combine("train", "odd", "5.png"));
        File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..40]);
        using ImageData streamed = ImageDataSource.Open(temp.Path, Streamed);
        int[] all = [.. Enumerable.Range(0, streamed.Train.Count)];

        string message = Assert.Throws<CounterpoiseException>(() => streamed.Train.Read(all)).Message;
        string packing = Assert
            .Throws<CounterpoiseException>(() => Pack(temp.Path, temp.At("images.pack"), Streamed))
            .Message;

        Assert.StartsWith($"{broken}: could not be read:", message);
        Assert.Contains("--skip-unreadable", message);
        Assert.StartsWith($"{broken}: could not be read:", packing);
        Assert.Equal(
            ["test", "train"],
            Directory.EnumerateFileSystemEntries(temp.Path).Select(Path.GetFileName).Order()
        );
        IReadOnlyList<string> notes = Pack(temp.Path, temp.At("images.pack"), Streamed with { SkipUnreadable = true });
        Assert.Contains(notes, note => note.StartsWith($"{broken}: skipped:", StringComparison.Ordinal));
        using ImageData packed = ImageDataSource.Open(temp.At("images.pack"), Streamed);
        Assert.Equal(11, packed.Train.Count);
        Assert.Equal(12, packed.Test.Count);
    }

    [Fact]
    public void Unreadable_files_cannot_be_skipped_while_streaming() =>
        Assert.Contains(
            "data pack --skip-unreadable",
            Assert
                .Throws<UsageException>(() => ImageDataSource.Open(temp.Path, Streamed with { SkipUnreadable = true }))
                .Message
        );

    [Fact]
    public void Another_file_of_the_same_name_changes_the_fingerprint()
    {
        using ImageData before = ImageDataSource.Open(temp.Path, Streamed);
        string fingerprint = Fingerprint.Of(before.Train);
        string path = temp.At(Path.Combine("train", "odd", "5.png"));
        TestFiles.Write(path, 9, 9, (x, _) => new SKColor((byte)x, 1, 2));

        using ImageData after = ImageDataSource.Open(temp.Path, Streamed);

        Assert.NotEqual(fingerprint, Fingerprint.Of(after.Train));
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static IReadOnlyList<string> Pack(string data, string path, OpenOptions options) =>
        ImageDataSource.Pack(data, path, options, TestContext.Current.CancellationToken);

    private static OpenOptions Streamed => new() { ImageSize = 16, Store = ImageStore.Stream };

    private static byte[] Bytes(Tensor tensor)
    {
        using Tensor owned = tensor;
        return owned.bytes.ToArray();
    }
}
