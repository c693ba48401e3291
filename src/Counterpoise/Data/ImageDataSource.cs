namespace Counterpoise.Data;

/// <summary>Opens a data set from what the user names, recognising its form.</summary>
public static class ImageDataSource
{
    private const string Forms =
        "'synthetic', a CIFAR-10 or CIFAR-100 folder (binary version) or its .tar.gz, or a folder with one folder of "
        + "images per class, with or without train/ and test/ above";

    /// <summary>Opens a data set; the first note says what was recognised.</summary>
    /// <param name="data">
    /// <c>synthetic</c>, a CIFAR folder or archive in the binary version, or a folder of images.
    /// </param>
    /// <param name="options">Image size, seed and what to do about unreadable files.</param>
    /// <exception cref="UsageException">Nothing is there, or the options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is damaged or incomplete.</exception>
    public static ImageData Open(string data, OpenOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new OpenOptions();
        if (options.ImageSize is < 1 or > 4096)
        {
            throw new UsageException($"The image size is {options.ImageSize}; give 1 to 4096 pixels.");
        }

        if (FindCifar(data) is { } cifar)
        {
            return options.ImageSize == CifarLayout.Size
                ? Cifar.Read(cifar)
                : throw new UsageException(
                    $"{data}: the image size is {options.ImageSize}, but {cifar.Layout.Title} is 32x32 and is not "
                        + "resized; leave the image size at 32."
                );
        }

        throw new UsageException($"{data}: found no data set; expected {Forms}.");
    }

    private static CifarFiles? FindCifar(string data)
    {
        if (Directory.Exists(data))
        {
            return Cifar.Find(data);
        }

        if (!File.Exists(data))
        {
            throw new UsageException($"{data}: there is no such file or folder; expected {Forms}.");
        }

        return CifarFiles.InArchive(data)
            ?? throw new UsageException($"{data}: the archive holds no CIFAR set; expected {Forms}.");
    }
}
