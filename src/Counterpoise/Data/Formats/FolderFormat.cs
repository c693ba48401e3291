namespace Counterpoise.Data.Formats;

/// <summary>A folder of images for each class, with or without parts above.</summary>
internal sealed class FolderFormat()
    : ListingFormat("a folder with one folder of images per class, with or without train/ and test/ above")
{
    private protected override ImageListing? Find(string data, OpenOptions options) =>
        Directory.Exists(data) ? ImageListing.Of(data, options.Seed) : null;
}
