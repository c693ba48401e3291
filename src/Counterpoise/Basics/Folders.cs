namespace Counterpoise.Basics;

/// <summary>Makes folders.</summary>
internal static class Folders
{
    /// <summary>Makes a folder and those above it, where they are not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="advice">What to do where it cannot be made: a sentence.</param>
    /// <exception cref="CounterpoiseException">It cannot be made.</exception>
    internal static void Make(string folder, string advice)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw new CounterpoiseException($"{folder}: cannot be made: {failure.Message} {advice}", failure);
        }
    }
}
