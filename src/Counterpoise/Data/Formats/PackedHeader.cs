using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>What a packed file says of itself.</summary>
internal sealed record PackedHeader
{
    /// <summary>The version of the layout.</summary>
    public int Format { get; init; }

    /// <summary>The data set's short name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The class names.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The length that images were resized to.</summary>
    public int Resize { get; init; }

    /// <summary>Which sides got that length.</summary>
    public ResizeRule Rule { get; init; }

    /// <summary>What transparent pixels were laid over; black where it is not said.</summary>
    public string Background { get; init; } = "black";

    /// <summary>What values of 16 bits were scaled by.</summary>
    public PixelRange Range { get; init; }

    /// <summary>The version of the rules that files were read by.</summary>
    public int Decoding { get; init; } = DecodingRules.First;

    /// <summary>The data seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The step of the Tiered-ImageNet protocol; other data is not concerned.</summary>
    public TieredStep Tiered { get; init; }

    /// <summary>What the user was told about the data.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether images are identified by their pixels, not by the index's identities.</summary>
    public bool ByPixels { get; init; }

    /// <summary>What was there and is not in the file. The notes say it, too.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Images of the training, of the test part and, where there is one, of the validation part.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];

    /// <summary>The group of every training image; null where they have none.</summary>
    public IReadOnlyList<int>? Groups { get; init; }

    /// <summary>The same of every test image.</summary>
    public IReadOnlyList<int>? TestGroups { get; init; }

    /// <summary>The data set's customary normalisation, or null.</summary>
    public Normalisation? Normalisation { get; init; }
}
