using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;

namespace Counterpoise.Tests.Data;

public sealed class ImageDataSourceTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_path_with_nothing_there_lists_the_accepted_forms()
    {
        string path = Path.Combine(temp.Path, "none");
        UsageException error = Assert.Throws<UsageException>(() => ImageDataSource.Open(path));
        Assert.StartsWith(
            $"{path}: there is no such file or folder; expected a folder with one folder of images per class, ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_no_archive_lists_the_accepted_forms()
    {
        string path = temp.At("photo.jpg");
        File.WriteAllText(path, "x");
        UsageException error = Assert.Throws<UsageException>(() => ImageDataSource.Open(path));
        Assert.StartsWith(
            $"{path}: found a file that is no archive and no list; expected",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(100_000)]
    public void An_image_size_out_of_range_is_refused(int size) =>
        Assert.Throws<UsageException>(() => ImageDataSource.Open(temp.Path, new OpenOptions { ImageSize = size }));
}
