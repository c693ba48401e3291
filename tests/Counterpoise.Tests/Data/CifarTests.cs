using System.Formats.Tar;
using System.IO.Compression;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void CIFAR10_is_read_from_its_folder_or_the_one_above()
    {
        string folder = WriteCifar10();
        foreach (string path in new[] { folder, temp.Path })
        {
            using ImageData data = ImageDataSource.Open(path);
            Assert.Equal("cifar10", data.Name);
            Assert.Equal("airplane", data.Train.Classes[0]);
            Assert.Equal([0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 6], data.Train.Labels);
            Assert.Equal([9, 9], data.Test.Labels);
            Assert.Equal(Image(6), TestImages.Bytes(data.Train, 6));
            Assert.Equal(Normalisation.Cifar, data.NormalisationFor(data.Train));
            Assert.Equal($"{folder}: recognised CIFAR-10.", data.Notes[0]);
            Assert.Contains("15 training and 2 test images", data.Notes[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CIFAR100_uses_the_fine_labels_and_names()
    {
        WriteCifar100();
        using ImageData data = ImageDataSource.Open(temp.Path);
        Assert.Equal("cifar100", data.Name);
        Assert.Equal([42, 99], data.Train.Labels);
        Assert.Equal([7], data.Test.Labels);
        Assert.Equal("99", data.Train.Classes[99]);
        Assert.Equal(Image(1), TestImages.Bytes(data.Train, 1));

        string names = string.Join('\n', Enumerable.Range(0, 100).Select(c => $"fine {c}")) + "\n\n";
        File.WriteAllText(temp.At("cifar-100-binary", "fine_label_names.txt"), names);
        using ImageData named = ImageDataSource.Open(temp.Path);
        Assert.Equal("fine 99", named.Train.Classes[99]);
    }

    [Fact]
    public void The_downloaded_archive_gives_the_same_as_the_folder()
    {
        string folder = WriteCifar10();
        File.WriteAllText(Path.Combine(folder, "batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
        using ImageData unpacked = ImageDataSource.Open(folder);
        using ImageData packed = ImageDataSource.Open(Pack(folder));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], packed.Train.Classes);
        Assert.Equal(Fingerprint.Of(unpacked.Train), Fingerprint.Of(packed.Train));
        Assert.Equal(Fingerprint.Of(unpacked.Test), Fingerprint.Of(packed.Test));
    }

    [Fact]
    public void A_missing_batch_is_named()
    {
        string folder = WriteCifar10();
        File.Delete(Path.Combine(folder, "data_batch_3.bin"));
        AssertFails(folder, "data_batch_3.bin: the file is missing; CIFAR-10 needs data_batch_1.bin,");
        AssertFails(Pack(folder), "data_batch_3.bin: the file is missing;");
    }

    [Fact]
    public void A_truncated_batch_says_its_size_and_what_was_expected()
    {
        string folder = WriteCifar10();
        File.WriteAllBytes(Path.Combine(folder, "data_batch_2.bin"), new byte[5000]);
        AssertFails(
            folder,
            "data_batch_2.bin: found 5000 bytes, expected a multiple of 3073 (10000 images are 30730000"
        );
        File.WriteAllBytes(Path.Combine(folder, "data_batch_2.bin"), []);
        AssertFails(folder, "data_batch_2.bin: found 0 bytes");
    }

    [Fact]
    public void A_label_out_of_range_names_the_record()
    {
        string folder = WriteCifar10();
        File.WriteAllBytes(Path.Combine(folder, "test_batch.bin"), [.. Record([9], 0), .. Record([10], 0)]);
        AssertFails(folder, "test_batch.bin: record 2 has label 10, expected 0 to 9;");

        WriteCifar100();
        string hundred = temp.At("cifar-100-binary", "train.bin");
        File.WriteAllBytes(hundred, Record([3, 100], 0));
        AssertFails(Path.GetDirectoryName(hundred)!, "train.bin: record 1 has label 100, expected 0 to 99;");
    }

    [Fact]
    public void A_wrong_number_of_class_names_is_refused()
    {
        string folder = WriteCifar10();
        File.WriteAllText(Path.Combine(folder, "batches.meta.txt"), "airplane\n");
        AssertFails(folder, "batches.meta.txt: found 1 class names, expected 10");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void A_damaged_archive_is_refused(double kept)
    {
        string archive = Pack(WriteCifar10());
        byte[] bytes = File.ReadAllBytes(archive);
        File.WriteAllBytes(archive, kept > 0 ? bytes[..(int)(bytes.Length * kept)] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        AssertFails(archive, "the archive could not be unpacked");
    }

    [Fact]
    public void The_Python_version_is_refused_with_the_name_of_the_right_download()
    {
        string folder = Path.GetDirectoryName(temp.At("cifar-10-batches-py", "data_batch_1"))!;
        File.WriteAllText(Path.Combine(folder, "data_batch_1"), "pickle");
        AssertFails(Pack(folder), "found CIFAR's Python version");
    }

    [Fact]
    public void A_file_of_absurd_size_in_an_archive_is_refused_unread_wherever_it_would_lead()
    {
        byte[] header = new byte[1024];
        "../../data_batch_1.bin"u8.CopyTo(header);
        "0000644\00000000\00000000\0"u8.CopyTo(header.AsSpan(100));
        "50000000000\000000000000\0        0"u8.CopyTo(header.AsSpan(124)); // Five gigabytes, in octal.
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        string sum = Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ";
        System.Text.Encoding.ASCII.GetBytes(sum).CopyTo(header, 148);
        string archive = temp.At("below", "cifar-10-binary.tar.gz");
        using (GZipStream packed = new(File.Create(archive), CompressionLevel.Fastest))
        {
            packed.Write(header);
        }

        AssertFails(archive, "the file data_batch_1.bin in it has 5368709120 bytes, expected at most 268435456");
        Assert.Equal([archive], Directory.EnumerateFiles(temp.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_with_both_sets_asks_for_one()
    {
        WriteCifar10();
        WriteCifar100();
        AssertFails(temp.Path, "found both cifar-10-batches-bin and cifar-100-binary");
    }

    [Fact]
    public void Another_image_size_is_refused()
    {
        string folder = WriteCifar10();
        UsageException error = Assert.Throws<UsageException>(() =>
            ImageDataSource.Open(folder, new OpenOptions { ImageSize = 64 })
        );
        Assert.Contains(
            "CIFAR-10 has images of 32x32 that are not resized, but the image size is 64; leave",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_real_set_has_its_published_size()
    {
        string? folder = Environment.GetEnvironmentVariable("COUNTERPOISE_CIFAR10");
        Assert.SkipWhen(
            folder is null,
            "Set COUNTERPOISE_CIFAR10 to the folder of the binary version to run this test."
        );
        using ImageData data = ImageDataSource.Open(folder!);
        Assert.Equal(50_000, data.Train.Count);
        Assert.All(ClassPositions.Of(data.Train.Labels, 10), positions => Assert.Equal(5000, positions.Length));
        Assert.All(ClassPositions.Of(data.Test.Labels, 10), positions => Assert.Equal(1000, positions.Length));
        Assert.Single(data.Notes);
        Normalisation measured = Normalisation.Of(data.Train);
        Assert.All(measured.Mean.Zip(Normalisation.Cifar.Mean), pair => Assert.Equal(pair.First, pair.Second, 2e-3f));
    }

    private static void AssertFails(string path, string message)
    {
        CounterpoiseException error = Assert.ThrowsAny<CounterpoiseException>(() => ImageDataSource.Open(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static byte[] Image(int seed) =>
        [.. Enumerable.Range(0, 3072).Select(i => TestImages.Pixel(seed, 0, i / 64, i % 64))];

    private static byte[] Record(byte[] labels, int seed) => [.. labels, .. Image(seed)];

    private string WriteCifar10()
    {
        for (int batch = 0; batch < 5; batch++)
        {
            File.WriteAllBytes(
                temp.At("cifar-10-batches-bin", $"data_batch_{batch + 1}.bin"),
                [.. Enumerable.Range(0, 3).SelectMany(i => Record([(byte)(batch + i)], (3 * batch) + i))]
            );
        }

        string test = temp.At("cifar-10-batches-bin", "test_batch.bin");
        File.WriteAllBytes(test, [.. Record([9], 20), .. Record([9], 21)]);
        return Path.GetDirectoryName(test)!;
    }

    private void WriteCifar100()
    {
        File.WriteAllBytes(temp.At("cifar-100-binary", "train.bin"), [.. Record([3, 42], 0), .. Record([4, 99], 1)]);
        File.WriteAllBytes(temp.At("cifar-100-binary", "test.bin"), Record([0, 7], 2));
    }

    private string Pack(string folder)
    {
        string archive = temp.At("archives", $"{Guid.NewGuid():N}.tar.gz");
        using FileStream file = File.Create(archive);
        using GZipStream packed = new(file, CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(folder, packed, includeBaseDirectory: true);
        return archive;
    }
}
