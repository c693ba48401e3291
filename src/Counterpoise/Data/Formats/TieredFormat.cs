using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>Tiered-ImageNet's three class lists beside a folder of images for each class.</summary>
internal sealed class TieredFormat() : ListingFormat("Tiered-ImageNet's class lists with its images")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.Files;

    private protected override ImageListing? Find(string data, OpenOptions options) =>
        TieredListing.Find(data, options, TieredCounts.Paper);
}
