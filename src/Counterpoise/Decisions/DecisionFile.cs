using Counterpoise.Basics;
using Counterpoise.Runs;

namespace Counterpoise.Decisions;

/// <summary>The decision of a run, a file in its folder.</summary>
internal static class DecisionFile
{
    /// <summary>Its name.</summary>
    internal const string Name = "decision.json";

    /// <summary>Reads it.</summary>
    /// <param name="run">The run folder.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="CounterpoiseException">It cannot be read, or makes no sense.</exception>
    internal static Decision? Read(RunFolder run)
    {
        string path = PathOf(run);
        return JsonFormat.Read(path, "Remove it, and run 'counterpoise decide' again.") is { } json
            ? Decision.Read(json, TrainingPlan.ClassesOf(run).Count, path)
            : null;
    }

    /// <summary>Writes it, whole or not at all.</summary>
    internal static void Write(RunFolder run, Decision decision) => JsonFormat.Write(PathOf(run), decision.ToJson());

    /// <summary>Removes it.</summary>
    /// <returns>Whether there was one.</returns>
    internal static bool Remove(RunFolder run)
    {
        string path = PathOf(run);
        bool isThere = File.Exists(path);
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw new CounterpoiseException($"{path}: could not be removed: {failure.Message}", failure);
        }

        return isThere;
    }

    private static string PathOf(RunFolder run) => Path.Combine(run.Path, Name);
}
