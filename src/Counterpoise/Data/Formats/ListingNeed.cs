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

    /// <summary>Columns.</summary>
    Columns = 8,

    /// <summary>Folders that are parts or classes.</summary>
    Folders = 16,

    /// <summary>All of these.</summary>
    All = 31,
}
