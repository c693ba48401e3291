using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Counterpoise.Basics;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Options;

/// <summary>An option that stands for a key of the recipe. What it says of itself is the setting's, and is looked up for help alone.</summary>
/// <param name="name">Its name, such as <c>--epochs</c>.</param>
/// <param name="key">The key, such as <c>training.epochs</c>.</param>
/// <param name="words">What it can be given; null for what the setting names.</param>
internal sealed class SettingOption(string name, string key, IEnumerable<string>? words = null) : Option<string?>(name)
{
    /// <summary>The key.</summary>
    internal string Key => key;

    /// <summary>Whether images decide where nothing is said.</summary>
    internal bool ByImages { get; init; }

    private void Describe()
    {
        (_, string usual, Setting setting) = RecipeText.Describe(Recipe.Default).Single(own => own.Key == key);
        string[] choices = [.. words ?? setting.Choices];
        string among = choices.Length > 0 ? $": {string.Join(", ", choices)}" : "";
        string known = key.Contains('.', StringComparison.Ordinal) ? $" ({key})" : "";
        string unless = usual.Trim('"') is { Length: > 0 } text ? text : "none";
        string usually = ByImages ? $"by the sizes of images, or {unless}" : unless;
        Description = $"{setting.Documentation.Description}{among}{known} [default: {usually}]";
    }

    /// <summary>Prints help, after options of this kind have looked up what they say.</summary>
    internal sealed class Help(HelpAction help) : SynchronousCommandLineAction
    {
        /// <inheritdoc/>
        public override bool ClearsParseErrors => true;

        /// <inheritdoc/>
        public override int Invoke(ParseResult parseResult)
        {
            foreach (SettingOption option in parseResult.CommandResult.Command.Options.OfType<SettingOption>())
            {
                option.Describe();
            }

            return help.Invoke(parseResult);
        }
    }
}
