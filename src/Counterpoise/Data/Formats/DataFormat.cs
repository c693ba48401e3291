using Counterpoise.Basics;
using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>A form in which a data set may lie on the disk. <see cref="DataFormats"/> has them all.</summary>
/// <param name="description">What it consists of, to follow on "expected" in error messages.</param>
internal abstract class DataFormat(string description)
{
    /// <summary>What it consists of.</summary>
    internal string Description => description;

    /// <summary>What of a listing's options means something for this form; where another one is given, another form is meant.</summary>
    internal virtual ListingNeed Heeds => ListingNeed.None;

    /// <summary>Opens data of this form; null where the data is of another one.</summary>
    /// <exception cref="UsageException">The options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is of this form and damaged or incomplete.</exception>
    internal abstract ImageData? Open(string data, OpenOptions options);

    /// <summary>Opens data of this form to be read once: files are decoded while they are packed, and unreadable ones left out there.</summary>
    /// <inheritdoc cref="Open"/>
    internal virtual ImageData? OpenToPack(string data, OpenOptions options) =>
        Open(data, options with { Store = ImageStore.Stream, ReadsAll = true, SkipUnreadable = false });

    /// <summary>Says what data of this form holds, decoding every file once; null where the data is of another form.</summary>
    /// <exception cref="UsageException">The options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is of this form and laid out wrongly.</exception>
    internal virtual DataInspection? Inspect(string data, OpenOptions options)
    {
        using ImageData? opened = Open(data, options);
        return opened is null ? null : DataInspection.Of(opened);
    }

    /// <summary>
    /// Looks at the sizes of data of this form, decoding nothing; <see cref="DataSurvey.None"/> where images have a size or a
    /// protocol of their own, null where the data is of another form.
    /// </summary>
    /// <exception cref="UsageException">The options do not fit.</exception>
    /// <exception cref="CounterpoiseException">The data is of this form and laid out wrongly.</exception>
    internal abstract DataSurvey? Survey(string data, OpenOptions options);

    /// <summary>Refuses an image size other than that of a form whose images are not resized.</summary>
    private protected static void RequireSize(string what, int size, OpenOptions options)
    {
        if (options.ImageSize != size && !options.TakesOwnSize)
        {
            throw new UsageException(
                $"{what} has images of {size}x{size} that are not resized, but the image size is {options.ImageSize}; "
                    + $"leave the image size at {size}."
            );
        }
    }
}

/// <summary>A form that names image files, which are decoded and resized.</summary>
/// <inheritdoc/>
internal abstract class ListingFormat(string description) : DataFormat(description)
{
    /// <summary>The files of data of this form with their labels; null where the data is of another form.</summary>
    private protected abstract ImageListing? Find(string data, OpenOptions options);

    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options) =>
        List(data, options) is { } listing ? ImageFolder.Read(data, listing, options) : null;

    /// <inheritdoc/>
    internal override DataInspection? Inspect(string data, OpenOptions options) =>
        List(data, options) is { } listing ? DataInspection.Of(data, listing, options) : null;

    /// <inheritdoc/>
    internal override DataSurvey? Survey(string data, OpenOptions options) =>
        List(data, options) is { } listing ? DataSurvey.Of(listing) : null;

    /// <summary>As <see cref="Find"/>, with what the system says told.</summary>
    internal ImageListing? List(string data, OpenOptions options)
    {
        try
        {
            return Find(data, options);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(data, failure);
        }
    }
}
