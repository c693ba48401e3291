using Counterpoise.Basics;

namespace Counterpoise.Data;

/// <summary>Where what was made of data once is kept, beside the data.</summary>
internal static class CacheFolder
{
    private const string Name = ".counterpoise";

    /// <summary>A place in the cache folder of a folder with data.</summary>
    internal static string PathIn(string folder, string name) => Path.Combine(folder, Name, name);

    /// <summary>Makes a folder for what is kept.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="advice">What to do where it cannot be made: a sentence.</param>
    /// <exception cref="CounterpoiseException">It cannot be made.</exception>
    internal static void Make(string folder, string advice)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CounterpoiseException($"{folder}: cannot be made: {failure.Message} {advice}", failure);
        }
    }
}
