namespace Counterpoise.Data.Files;

/// <summary>Where what was made of data once is kept, beside the data.</summary>
internal static class CacheFolder
{
    internal const string Name = ".counterpoise";

    /// <summary>A place in the cache folder of a folder with data.</summary>
    internal static string PathIn(string folder, string name) => Path.Combine(folder, Name, name);
}
