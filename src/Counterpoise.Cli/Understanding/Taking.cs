using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Counterpoise.Cli.Output;

namespace Counterpoise.Cli.Understanding;

/// <summary>What arguments and options take, said where they are made: anything else is refused in a sentence that says what it is.</summary>
internal static class Taking
{
    /// <summary>Takes paths of some things. A path at which nothing is, or what cannot be told, is left to the verb.</summary>
    /// <param name="argument">What takes them.</param>
    /// <param name="expected">What they are called.</param>
    /// <param name="things">The things.</param>
    internal static void Takes(this Argument argument, string expected, params Thing[] things) =>
        argument.Validators.Add(result => Refuse(result, expected, things));

    /// <inheritdoc cref="Takes(Argument, string, Thing[])"/>
    /// <param name="option">What takes them.</param>
    /// <param name="expected">What they are called.</param>
    /// <param name="things">The things.</param>
    internal static void Takes(this Option option, string expected, params Thing[] things) =>
        option.Validators.Add(result => Refuse(result, expected, things));

    /// <summary>Takes one of a few words.</summary>
    internal static void TakesOneOf(this Argument argument, params string[] words)
    {
        argument.Validators.Add(result => RefuseOthers(result, $"<{argument.Name}>", words));
        argument.CompletionSources.Add(_ => words.Select(word => new CompletionItem(word)));
    }

    /// <inheritdoc cref="TakesOneOf(Argument, string[])"/>
    internal static void TakesOneOf(this Option option, params string[] words)
    {
        option.Validators.Add(result => RefuseOthers(result, option.Name, words));
        option.CompletionSources.Add(_ => words.Select(word => new CompletionItem(word)));
    }

    /// <summary>How a path at which another thing lies is refused.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="path">The path.</param>
    /// <param name="found">What lies there.</param>
    /// <param name="expected">What is taken.</param>
    internal static string Refusal(Command command, string path, Thing found, string expected)
    {
        bool isData = found == Thing.Folder || found == Thing.Data;
        string use =
            isData && command.Options.Any(option => option.Name == "--data")
                ? $"for images use --data {ShellWord.Quoted(path)}"
                : found.Use;
        return $"{path} is {found.What}, expected {expected}; {use}";
    }

    private static void Refuse(SymbolResult result, string expected, Thing[] things)
    {
        foreach (string path in result.Tokens.Select(token => token.Value))
        {
            if (Thing.At(path) is { } found && !things.Contains(found))
            {
                var command = (CommandResult)result.Parent!;
                result.AddError(Refusal(command.Command, path, found, expected));
            }
        }
    }

    private static void RefuseOthers(SymbolResult result, string name, string[] words)
    {
        foreach (string given in result.Tokens.Select(token => token.Value).Except(words))
        {
            result.AddError($"{name} is {given}, expected {string.Join(", ", words[..^1])} or {words[^1]}");
        }
    }
}
