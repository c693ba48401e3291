using System.CommandLine;
using System.CommandLine.Parsing;
using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Completion;

/// <summary>Keys of the recipe that a command line names, and the values of those that have a few.</summary>
internal static class RecipeKeys
{
    /// <summary>Keys with their '='; after it, the words that the key can be.</summary>
    internal static IEnumerable<string> Of(ParseResult parsed, string word)
    {
        IEnumerable<(string Key, Setting Setting)> keys = Recipes(parsed.CommandResult)
            .SelectMany(RecipeText.Describe)
            .Select(described => (described.Key, described.Setting))
            .DistinctBy(described => described.Key);
        return word.Contains('=')
            ? keys.SelectMany(described => Words(described.Setting).Select(value => $"{described.Key}={value}"))
            : keys.Select(described => described.Key + "=").Append("method=");
    }

    /// <summary>The keys that a command line can set, each once.</summary>
    internal static IReadOnlyCollection<string> Names(CommandResult command) => RecipeText.Keys(Recipes(command));

    /// <summary>Whether the methods, joined by '+', can be trained together.</summary>
    internal static bool Combine(string names)
    {
        try
        {
            _ = Recipe.Default.WithMethods(names);
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    /// <summary>The recipes whose keys can be set; those of every method where the line names none.</summary>
    private static IEnumerable<Recipe> Recipes(CommandResult command)
    {
        string[] methods =
        [
            .. Values(command, "--method")
                .Concat(Values(command, "--methods"))
                .SelectMany(names => names.Split(','))
                .Where(Combine),
        ];
        if (methods.Length > 0)
        {
            return methods.Select(names => Recipe.Default.WithMethods(names));
        }

        try
        {
            string? file = Values(command, "recipe").FirstOrDefault();
            return file is null
                ? MethodCatalogue.All.Select(method => Recipe.Erm.With(method))
                : [RecipeText.Parse(File.ReadAllText(file), file)];
        }
        catch (Exception error) when (error is UsageException || FileFailure.IsFromFiles(error))
        {
            return [Recipe.Default];
        }
    }

    private static IEnumerable<string> Values(CommandResult command, string name) =>
        command
            .Children.Where(child =>
                child is OptionResult { Option.Name: var option } && option == name
                || child is ArgumentResult { Argument.Name: var argument } && argument == name
            )
            .SelectMany(child => child.Tokens)
            .Select(token => token.Value);

    private static IEnumerable<string> Words(Setting setting) =>
        [
            .. setting.Choices,
            .. setting.Property.PropertyType == typeof(bool) ? (string[])["true", "false"] : [],
            .. setting.HasAutomatic ? (string[])["auto"] : [],
        ];
}
