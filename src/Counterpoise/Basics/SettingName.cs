using System.Text.RegularExpressions;

namespace Counterpoise.Basics;

/// <summary>
/// Names of settings and arguments within the messages of errors: the library says them as a program writes them, the tool
/// as its options.
/// </summary>
internal static partial class SettingName
{
    /// <summary>The name of a setting, to be put into a message.</summary>
    /// <param name="name">A recipe's key, such as <c>tau-norm.tau</c>, or the name of an argument, such as <c>testData</c>.</param>
    public static string Named(string name) => $"\uE000{name}\uE001";

    /// <summary>A message in which every setting is spelled in one's own way.</summary>
    /// <param name="message">A message with names in it.</param>
    /// <param name="spelling">Spells a name.</param>
    public static string Spell(string message, Func<string, string> spelling) =>
        Name().Replace(message, match => spelling(match.Groups["name"].Value));

    [GeneratedRegex("\uE000(?<name>[^\uE001]*)\uE001", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
