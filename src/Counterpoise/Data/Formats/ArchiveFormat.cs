using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>An archive of data of any other form: it is unpacked once, beside itself.</summary>
internal sealed class ArchiveFormat() : DataFormat("an archive (.zip, .tar, .tar.gz) of any of these")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.All;

    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options)
    {
        if (ImageArchive.Open(data, options.Messages) is not { } archive)
        {
            return null;
        }

        ImageData images = ImageDataSource.Within(archive.Folder, options);
        return images with
        {
            Notes = [.. images.Notes, .. archive.Notes],
            LeftOut = [.. archive.LeftOut, .. images.LeftOut],
        };
    }

    /// <inheritdoc/>
    internal override DataInspection? Inspect(string data, OpenOptions options)
    {
        if (ImageArchive.Open(data, options.Messages) is not { } archive)
        {
            return null;
        }

        DataInspection inspection = ImageDataSource.InspectWithin(archive.Folder, options);
        return inspection with
        {
            Notes = [.. inspection.Notes, .. archive.Notes],
            LeftOut = [.. archive.LeftOut, .. inspection.LeftOut],
        };
    }

    /// <inheritdoc/>
    internal override DataSurvey? Survey(string data, OpenOptions options) =>
        ImageArchive.Open(data, options.Messages) is { } archive
            ? ImageDataSource.SurveyWithin(archive.Folder, options)
            : null;
}
