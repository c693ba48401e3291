using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Output;
using Counterpoise.Methods;
using Counterpoise.Networks;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>methods</c> and <c>models</c>: what a recipe can name.</summary>
internal static class CatalogueVerbs
{
    internal static Command CreateMethods() =>
        Create(
            "methods",
            "List the methods.",
            MethodCatalogue.All,
            method => new JsonObject { ["name"] = method.Name, ["summary"] = method.Summary }
        );

    internal static Command CreateModels() =>
        Create(
            "models",
            "List the networks, with their parameters and stages.",
            NetworkCatalogue.All,
            network => new JsonObject
            {
                ["name"] = network.Name,
                ["parameters"] = network.CountParameters(),
                ["classes"] = network.DefaultClasses,
                ["stages"] = new JsonArray([.. network.Stages.Select(stage => (JsonNode?)stage)]),
                ["summary"] = network.Summary,
            }
        );

    private static Command Create<T>(
        string name,
        string description,
        IReadOnlyList<T> items,
        Func<T, JsonObject> describe
    )
    {
        var json = new Option<bool>("--json") { Description = "One JSON array of objects" };
        var command = new Command(name, description) { json };
        command.SetAction(parsed =>
        {
            var rows = items.Select(describe).ToList();
            if (parsed.GetValue(json))
            {
                Console.WriteLine(new JsonArray([.. rows]).ToJsonString());
                return 0;
            }

            Sheet<JsonObject> sheet = new(rows);
            foreach ((string key, _) in rows[0])
            {
                sheet.Words(key, row => Text(row[key]));
            }

            sheet.Print();
            return 0;
        });
        return command;
    }

    private static string Text(JsonNode? value) =>
        value is JsonArray items ? string.Join(", ", items) : value?.ToString() ?? "-";
}
