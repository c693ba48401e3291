using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>A file that was packed before and is mapped into memory.</summary>
internal sealed class PackedFormat() : DataFormat("a packed file ('counterpoise data pack')")
{
    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.All;

    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options) =>
        File.Exists(data) && PackedFile.Is(data) ? PackedFile.Open(data, options) : null;

    /// <inheritdoc/>
    internal override DataSurvey? Survey(string data, OpenOptions options) =>
        File.Exists(data) && PackedFile.Is(data) ? DataSurvey.None : null;
}
