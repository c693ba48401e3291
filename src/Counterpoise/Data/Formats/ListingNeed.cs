namespace Counterpoise.Data.Formats;

/// <summary>What options of a listing ask of the form of the data.</summary>
[Flags]
internal enum ListingNeed
{
    /// <summary>Nothing: any form will do.</summary>
    None = 0,

    /// <summary>Paths that start from a folder.</summary>
    ImageRoot = 1,

    /// <summary>A part to test on that lies elsewhere.</summary>
    TestData = 2,

    /// <summary>Image files with names: to choose among, or to keep together.</summary>
    Files = 4,

    /// <summary>A column of paths.</summary>
    PathColumn = 8,

    /// <summary>A column of labels.</summary>
    LabelColumn = 16,

    /// <summary>Folders that are parts or classes.</summary>
    Folders = 32,

    /// <summary>All of these.</summary>
    All = 63,
}
