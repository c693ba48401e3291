using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>Images that are drawn by the program, for trying out.</summary>
internal sealed class SyntheticFormat() : DataFormat($"'{SyntheticImages.Name}'")
{
    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options)
    {
        if (!string.Equals(data, SyntheticImages.Name, StringComparison.Ordinal))
        {
            return null;
        }

        RequireSize(SyntheticImages.Name, SyntheticImages.Size, options);
        return SyntheticImages.Open(options.Seed);
    }

    /// <inheritdoc/>
    internal override DataSurvey? Survey(string data, OpenOptions options) =>
        string.Equals(data, SyntheticImages.Name, StringComparison.Ordinal) ? DataSurvey.OfSide(32) : null;
}
