using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Completion;
using Counterpoise.Cli.Output;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Understanding;

/// <summary>Which option was probably meant: one of the verb, a key of the recipe, or an argument that needs none.</summary>
internal static class NearestOption
{
    private const string Set = "--set";
    private const int MostNamed = 3;

    /// <summary>What to type instead, or all options of the verb.</summary>
    /// <param name="given">What was typed, such as <c>--lr</c> or <c>--lr=0.1</c>.</param>
    /// <param name="parsed">The command line.</param>
    internal static string Hint(string given, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] parts = given.Split('=', 2);
        string word = parts[0].TrimStart('-');
        string? value = parts.Length > 1 ? parts[1] : ValueAfter(given, parsed);
        if (command.Arguments.Any(argument => argument.Name == word))
        {
            return $"it needs no option: {Mistyped.Name(command)} {ShellWord.Quoted(value ?? word.ToUpperInvariant())}";
        }

        var options = command
            .Options.Where(option => !option.Hidden)
            .ToDictionary(option => option.Name.TrimStart('-'), option => Spelled(option, value));
        Dictionary<string, string> keys = command.Options.All(option => option.Name != Set)
            ? []
            : RecipeKeys
                .Names(parsed.CommandResult)
                .ToDictionary(key => key, key => $"{Set} {key}={ShellWord.Quoted(value ?? "VALUE")}");
        string[] meant =
            word.Length < 2 ? []
            : ShortKey.Meant(word, options.Keys) is [var only] ? [options[only]]
            : Key(word, keys.Keys) is { Count: > 0 } some ? [.. some.Select(key => keys[key])]
            : Nearest.To(word, options.Keys) is { } near ? [options[near]]
            : [.. ShortKey.Near(word, keys.Keys).Select(key => keys[key])];
        return meant.Length > 0
            ? $"did you mean '{string.Join("' or '", meant.Take(MostNamed))}'?"
            : $"known are: {string.Join(", ", options.Keys.Select(name => $"--{name}"))}.";
    }

    /// <summary>Keys that all recipes have are meant before those of methods.</summary>
    private static IReadOnlyList<string> Key(string word, IReadOnlyCollection<string> keys)
    {
        string[] ofAll = [.. RecipeText.Keys([Recipe.Erm]).Intersect(keys)];
        return ShortKey.Meant(word, ofAll) is { Count: > 0 } meant ? meant : ShortKey.Meant(word, keys);
    }

    private static string Spelled(Option option, string? value) =>
        value is not null && option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0
            ? $"{option.Name} {ShellWord.Quoted(value)}"
            : option.Name;

    /// <summary>The word after an option, which is probably its value; null where another option comes.</summary>
    private static string? ValueAfter(string given, ParseResult parsed) =>
        parsed.Tokens.Select(token => token.Value).SkipWhile(word => word != given).Skip(1).FirstOrDefault() is { } next
        && !next.StartsWith('-')
            ? next
            : null;
}
