using System.CommandLine;
using System.CommandLine.Parsing;

namespace Counterpoise.Cli.Understanding;

/// <summary>What is wrong with a command line all of whose words are known, in sentences of the tool's own.</summary>
internal static class ParserErrors
{
    /// <summary>The first thing that is wrong, a wrong value before a missing one; null for nothing.</summary>
    internal static string? First(ParseResult parsed) =>
        parsed.Errors.Select(WrongValue).FirstOrDefault(said => said is not null)
        ?? parsed.Errors.Select(Missing).FirstOrDefault();

    private static string? WrongValue(ParseError error) =>
        error.SymbolResult switch
        {
            OptionResult { Implicit: false, Tokens: [], Option: var option } =>
                $"{option.Name} has no value, expected {Label(option)}",
            OptionResult { Tokens.Count: var count, Option: var option }
                when count > option.Arity.MaximumNumberOfValues =>
                $"{option.Name} is given {count} times, expected once",
            OptionResult { Tokens: [var token, ..], Option: var option } => Unreadable(option, token.Value)
                ?? Own(error),
            ArgumentResult { Tokens: [_, ..] } => Own(error),
            _ => null,
        };

    private static string Missing(ParseError error) =>
        error.SymbolResult switch
        {
            ArgumentResult { Argument: var argument } => $"<{argument.Name}> is missing: {argument.Description}",
            OptionResult { Option: var option } => $"{Label(option)} is missing: {option.Description}",
            _ => Own(error),
        };

    /// <summary>What a validator says, which is the tool's own.</summary>
    private static string Own(ParseError error) => error.Message.ReplaceLineEndings(" ").TrimEnd('.');

    /// <summary>Every option with a typed value takes a whole number or none; the parser would name the .NET type instead.</summary>
    private static string? Unreadable(Option option, string value)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        string? expected =
            type == typeof(int) && !int.TryParse(value, out _) ? "a whole number"
            : type == typeof(ulong) && !ulong.TryParse(value, out _) ? "a whole number, 0 or more"
            : type == typeof(bool) && !bool.TryParse(value, out _) ? "no value"
            : null;
        return expected is null ? null : $"{option.Name} is {value}, expected {expected}";
    }

    /// <summary>An option as help shows it.</summary>
    private static string Label(Option option) =>
        option.HelpName is null ? option.Name : $"{option.Name} <{option.HelpName}>";
}
