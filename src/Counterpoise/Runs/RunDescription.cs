using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Runs;

/// <summary>What identifies a run: <c>recipe.toml</c> and <c>run.json</c>. The latter is written last, and makes the run.</summary>
internal static class RunDescription
{
    internal const string DescriptionFile = "run.json";
    internal const string RecipeFile = "recipe.toml";
    private const string FormatKey = "format";
    private const string WrittenByKey = "written_by";

    private static readonly string Tool =
        $"counterpoise {typeof(RunDescription).Assembly.GetName().Version!.ToString(3)}";

    internal static JsonObject Write(string folder, string recipeToml, JsonObject description)
    {
        var all = new JsonObject { [FormatKey] = RunFolder.Format, [WrittenByKey] = Tool };
        foreach ((string key, JsonNode? value) in description)
        {
            all.Add(key, value?.DeepClone());
        }

        AtomicFile.WriteText(Path.Combine(folder, RecipeFile), recipeToml);
        RunJson.Write(Path.Combine(folder, DescriptionFile), all);
        return all;
    }

    internal static JsonObject Read(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        JsonObject description =
            RunJson.Read(path, "Start a new run in another folder.")
            ?? throw new CounterpoiseException(
                Directory.Exists(folder)
                    ? $"{folder}: is not a run folder: it has no {DescriptionFile}. Name the folder that --output named."
                    : $"{folder}: does not exist, expected a run folder. Check the path."
            );
        if (description[FormatKey] is not JsonValue found || !found.TryGetValue(out int format))
        {
            throw new CounterpoiseException(
                $"{path}: has no whole number '{FormatKey}', expected {RunFolder.Format}. Is it the {DescriptionFile} of a run? Start a new run in another folder."
            );
        }

        if (format != RunFolder.Format)
        {
            string tool =
                description[WrittenByKey] is JsonValue by && by.TryGetValue(out string? name)
                    ? name
                    : "the version of counterpoise that wrote it";
            throw new CounterpoiseException(
                $"{path}: the run has format {format}, expected {RunFolder.Format}. Use {tool}, or start a new run in another folder."
            );
        }

        return description;
    }

    internal static string ReadRecipe(string folder)
    {
        string path = Path.Combine(folder, RecipeFile);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }
    }
}
