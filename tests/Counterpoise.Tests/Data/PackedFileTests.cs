using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using CsCheck;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class PackedFileTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Sets_of_one_size_are_packed_with_their_pixels_and_normalisation()
    {
        using var images = new ImageData("small", TestImages.Random(7, 8, 8), TestImages.Random(4, 8, 8), ["a note."])
        {
            FixedNormalisation = Normalisation.Cifar,
        };
        Pack(images);

        using ImageData packed = Open();

        Assert.Equal("small", packed.Name);
        Assert.Equal(images.Train.Classes, packed.Train.Classes);
        Assert.Equal(Normalisation.Cifar, packed.NormalisationFor(packed.Train));
        Assert.Equal(Fingerprint.Of(images.Train), Fingerprint.Of(packed.Train));
        Assert.Equal(Fingerprint.Of(images.Test), Fingerprint.Of(packed.Test));
        Assert.Contains("recognised a packed data set: 2 classes, 7 training and 4 test images", packed.Notes[0]);
        Assert.Equal("a note.", packed.Notes[1]);
    }

    [Fact]
    public void Another_size_or_seed_than_it_was_packed_with_is_refused_with_what_to_set()
    {
        using var images = new ImageData(
            "small",
            TestImages.Random(7, 8, 8),
            TestImages.Random(4, 8, 8),
            ["split off (data seed 0)."]
        );
        Pack(images);

        string size = Assert.Throws<UsageException>(() => Open(new OpenOptions { ImageSize = 9 })).Message;
        string rule = Assert
            .Throws<UsageException>(() => Open(new OpenOptions { ImageSize = 8, ResizeRule = ResizeRule.ShorterSide }))
            .Message;
        string seed = Assert.Throws<UsageException>(() => Open(new OpenOptions { ImageSize = 8, Seed = 3 })).Message;

        Assert.Contains("set data.resize=8 and data.resize_rule=square", size);
        Assert.Contains("data.resize_rule=square", rule);
        Assert.Contains("packed with data.seed 0", seed);
        using ImageData cropped = Open(new OpenOptions { ImageSize = 6, Resize = 8 });
        Assert.Equal(6, cropped.Train.Height);
    }

    [Fact]
    public void Files_are_packed_with_how_they_were_read_and_another_reading_is_refused()
    {
        string folder = Path.Combine(temp.Path, "images");
        foreach (string name in new[] { "train/a/0.png", "train/b/0.png", "test/a/0.png", "test/b/0.png" })
        {
            string path = temp.At(["images", .. name.Split('/')]);
            TestFiles.Write(path, 8, 8, (x, y) => new SKColor((byte)x, (byte)y, 9, (byte)(30 * x)));
        }

        OpenOptions white = new() { ImageSize = 8, Background = BackgroundColour.Parse("white") };
        IReadOnlyList<string> said = ImageDataSource.Pack(folder, temp.At("x.pack"), white, CancellationToken.None);
        Assert.Contains("4 images with transparent pixels", string.Join('\n', said));
        Assert.Contains("these are laid over white, and data.background", string.Join('\n', said));
        using (ImageData packed = Open("x.pack", white with { Decoding = DecodingRules.Newest }))
        using (ImageData read = ImageDataSource.Open(folder, white))
        {
            Assert.Equal(read.Reading, packed.Reading);
            Assert.Equal(TestImages.Bytes(read.Test, 0), TestImages.Bytes(packed.Test, 0));
            Assert.Equal(
                TrainingData.Prepare(read, new DataSettings()).Fingerprint,
                TrainingData.Prepare(packed, new DataSettings()).Fingerprint
            );
            Assert.Contains(packed.Notes, note => note.Contains("4 images with transparent pixels"));
        }

        string Refusal(OpenOptions options) => Assert.Throws<UsageException>(() => Open("x.pack", options)).Message;
        Assert.Contains(
            "packed with data.background white and data.range full, but black and full are asked for; set data.background=white",
            Refusal(white with { Background = default })
        );
        Assert.Contains("but white and file are asked for", Refusal(white with { Range = PixelRange.File }));
        Assert.Contains(
            "read by decoding 2, but the run reads by decoding 1; give the files themselves",
            Refusal(white with { Decoding = DecodingRules.First })
        );

        OpenOptions first = new() { ImageSize = 8, Decoding = DecodingRules.First };
        ImageDataSource.Pack(folder, temp.At("first.pack"), first, CancellationToken.None);
        using ImageData old = Open("first.pack", first with { Decoding = null });
        Assert.Equal(DecodingRules.First, old.Reading!.Rules);
        Assert.Contains(old.Notes, note => note.Contains("by the rules of older versions (decoding 1, now 2)"));
        Assert.Contains(
            "pack the data again",
            Assert
                .Throws<UsageException>(() => Open("first.pack", first with { Decoding = DecodingRules.Newest }))
                .Message
        );
    }

    [Fact]
    public void A_stopped_packing_leaves_nothing()
    {
        using var images = new ImageData("small", TestImages.Random(7, 8, 8), TestImages.Random(4, 8, 8), []);

        Assert.Throws<OperationCanceledException>(() =>
            PackedFileWriter.Write(File, images, Options, null, new CancellationToken(canceled: true))
        );

        Assert.Empty(Directory.EnumerateFileSystemEntries(temp.Path));
    }

    /// <summary>Bytes of the images may be anything; whatever is changed or cut in the rest is found.</summary>
    [Fact]
    public void Damage_is_found_and_nothing_is_read_outside_the_file()
    {
        using var images = new ImageData("small", TestImages.Random(3, 8, 8), TestImages.Random(2, 8, 8), []);
        Pack(images);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        long index = BitConverter.ToInt64(whole, 8);

        Gen.Select(Gen.Long[8, whole.Length - 1], Gen.Byte[1, 255])
            .Where((at, _) => at < 16 || at >= index)
            .Sample(
                (at, change) =>
                {
                    byte[] damaged = [.. whole];
                    damaged[at] ^= change;
                    AssertDamaged(damaged);
                },
                iter: 200,
                threads: 1
            );
        Gen.Int[8, whole.Length - 1].Sample(length => AssertDamaged(whole[..length]), iter: 100, threads: 1);
    }

    private string File => temp.At("images.pack");

    private static OpenOptions Options => new() { ImageSize = 8 };

    private void Pack(ImageData images) => PackedFileWriter.Write(File, images, Options, null, CancellationToken.None);

    private ImageData Open(OpenOptions? options = null) => ImageDataSource.Open(File, options ?? Options);

    private ImageData Open(string name, OpenOptions options) => ImageDataSource.Open(temp.At(name), options);

    private void AssertDamaged(byte[] content)
    {
        string path = temp.At("damaged.pack");
        System.IO.File.WriteAllBytes(path, content);
        string message = Assert.Throws<CounterpoiseException>(() => ImageDataSource.Open(path, Options)).Message;
        Assert.Contains("damaged", message);
        Assert.Contains("data pack", message);
    }
}
