namespace Counterpoise.Data.Formats;

/// <summary>An archive of data of any other form: it is unpacked once, beside itself.</summary>
internal sealed class ArchiveFormat() : DataFormat("an archive (.zip, .tar, .tar.gz) of any of these")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.All;

    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options)
    {
        if (!ImageArchive.Is(data))
        {
            return null;
        }

        (string folder, string note) = ImageArchive.Unpack(data);
        ImageData unpacked = ImageDataSource.Open(folder, options);
        return unpacked with { Notes = [.. unpacked.Notes, note] };
    }

    /// <inheritdoc/>
    internal override DataInspection? Inspect(string data, OpenOptions options)
    {
        if (!ImageArchive.Is(data))
        {
            return null;
        }

        (string folder, string note) = ImageArchive.Unpack(data);
        DataInspection unpacked = ImageDataSource.Inspect(folder, options);
        return unpacked with { Notes = [.. unpacked.Notes, note] };
    }
}
