using System.Text.Json.Nodes;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Verbs;

/// <summary>What a training on data begins with where nothing is said: the same as <c>train</c> decides.</summary>
/// <param name="Command">The command line that says it.</param>
/// <param name="Choices">What is taken and why.</param>
internal sealed record StartingAdvice(string Command, IReadOnlyList<StartingChoice> Choices)
{
    /// <summary>The advice; null where images have a size or a protocol of their own, or none can be read.</summary>
    /// <param name="source">The data.</param>
    /// <param name="listing">The options that say which files are used, as words.</param>
    /// <param name="options">The same, read.</param>
    internal static StartingAdvice? Of(string source, IReadOnlyList<string> listing, OpenOptions options)
    {
        DataSurvey survey = ImageDataSource.Survey(source, options);
        if (survey.Sampled == 0)
        {
            return null;
        }

        var traits = DataTraits.Of(survey, new DataSettings());
        StartingChoice network = StartingRules.Network(traits, StartingRecipe.Lacking([]));
        StartingChoice method = StartingRules.Methods(traits, network[StartingRules.Features] is not null, true);
        string settings = StartingRecipe.Command(new RecipeOptions(), [.. network.Settings, .. method.Settings]);
        return new StartingAdvice(
            string.Join(' ', ["counterpoise train --data", ShellWord.Quoted(source), .. listing, settings]),
            [network, method]
        );
    }

    /// <summary>The value of a key; null where nothing is said of it.</summary>
    private string? this[string key] =>
        Choices.Select(choice => choice[key]).FirstOrDefault(value => value is not null);

    /// <summary>The advice as <c>data inspect --json</c> has it.</summary>
    internal JsonObject Json =>
        new()
        {
            ["features"] = this[StartingRules.Features],
            ["model"] = this[StartingRules.Model],
            ["image_size"] = int.Parse(
                this[StartingRules.ImageSize]!,
                System.Globalization.CultureInfo.InvariantCulture
            ),
            ["method"] = this[StartingRules.Method],
            ["optimizer"] = this[StartingRules.Optimizer],
            ["command"] = Command,
            ["reasons"] = new JsonArray([.. Choices.Select(choice => (JsonNode?)choice.Reason)]),
        };

    internal void Print()
    {
        Console.WriteLine($"to begin with: {Command}");
        Console.WriteLine($"  {string.Join("; ", Choices.Select(choice => choice.Reason))}");
    }
}
