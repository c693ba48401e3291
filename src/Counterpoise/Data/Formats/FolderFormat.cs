using Counterpoise.Basics;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>A folder of images for each class, with or without parts above.</summary>
internal sealed class FolderFormat()
    : ListingFormat("a folder with one folder of images per class, with or without train/ and test/ above")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.TestData | ListingNeed.Files | ListingNeed.Folders;

    /// <inheritdoc/>
    private protected override ImageListing? Find(string data, OpenOptions options)
    {
        if (!Directory.Exists(data))
        {
            return null;
        }

        try
        {
            return new FolderListing(data, options).List();
        }
        catch (Exception error) when (FileFailure.IsFromFiles(error))
        {
            throw new CounterpoiseException($"{data}: could not be listed: {error.Message}", error);
        }
    }
}
