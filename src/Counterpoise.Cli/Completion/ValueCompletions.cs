using System.CommandLine;
using System.CommandLine.Completions;
using Counterpoise.Data.Downloads;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Report.Figures;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Completion;

/// <summary>
/// What arguments and options can be given, by their names: the same name means the same in every verb. What is not
/// here and does not list its values itself takes file names or numbers.
/// </summary>
internal static class ValueCompletions
{
    private static readonly Dictionary<string, Func<CompletionContext, IEnumerable<string>>> Sources = new()
    {
        ["--method"] = context => Methods(context.WordToComplete),
        ["--methods"] = context => InList(context.WordToComplete, word => [.. Methods(word), "all"]),
        ["--model"] = _ => NetworkCatalogue.All.Select(network => network.Name),
        ["--pretrained"] = context =>
            [.. PublishedParameters.Names, .. Files.Of(context.WordToComplete, ".safetensors")],
        ["--set"] = context => RecipeKeys.Of(context.ParseResult, context.WordToComplete),
        ["--over"] = context => RecipeKeys.Of(context.ParseResult, context.WordToComplete),
        ["--figures"] = context => InList(context.WordToComplete, _ => FigureCatalogue.All.Select(kind => kind.Name)),
        ["--precision"] = _ => ["auto", "fp32", "bf16"],
        ["--device"] = _ => ["auto", "cpu", "cuda", "cuda:0", "cuda:1"],
        ["--statistics"] = _ => ["every=1", "every=10", "off"],
        ["--search"] = _ => ["grid", "random", "tpe"],
        ["--data"] = context => [SyntheticImages.Name, .. Files.Of(context.WordToComplete)],
        ["--only"] = context => InList(context.WordToComplete, _ => Versions()),
        ["--from"] = _ => Files.Runs(),
        ["recipe"] = context => Files.Of(context.WordToComplete, ".toml"),
        ["data"] = context => [SyntheticImages.Name, .. Files.Of(context.WordToComplete)],
        ["run"] = _ => Files.Runs(),
        ["runs"] = context => Files.Folders(context.WordToComplete),
        ["folder"] = context => Files.Folders(context.WordToComplete),
        ["table"] = _ => PaperTables.All.Select(table => table.Name),
        ["name"] = _ => Download.All.Select(download => download.Name),
    };

    /// <summary>Tells every argument and option below a command what it can be given.</summary>
    internal static void AddTo(Command command)
    {
        foreach (Argument argument in command.Arguments)
        {
            argument.HelpName ??= argument.Name; // Without it help prints what completes it.
            Add(argument.Name, argument.CompletionSources);
        }

        foreach (Option option in command.Options)
        {
            Add(option.Name, option.CompletionSources);
        }

        foreach (Command verb in command.Subcommands)
        {
            AddTo(verb);
        }
    }

    private static void Add(string name, List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources)
    {
        if (Sources.TryGetValue(name, out Func<CompletionContext, IEnumerable<string>>? words))
        {
            sources.Add(context => words(context).Select(word => new CompletionItem(word)));
        }
    }

    private static IEnumerable<string> Versions() =>
        PaperTables.All.SelectMany(table => table.Cells).Select(cell => cell.Set).Distinct();

    /// <summary>What goes together with the methods before the last '+'.</summary>
    private static IEnumerable<string> Methods(string word)
    {
        int last = word.LastIndexOf('+');
        string before = word[..(last + 1)];
        IEnumerable<string> names = MethodCatalogue.All.Select(method => method.Name);
        return last < 0
            ? names
            : names
                .Where(name => name != Recipe.Erm.MethodNames)
                .Select(name => before + name)
                .Where(RecipeKeys.Combine);
    }

    /// <summary>Words for the part of a list after its last comma.</summary>
    private static IEnumerable<string> InList(string word, Func<string, IEnumerable<string>> words)
    {
        string before = word[..(word.LastIndexOf(',') + 1)];
        return words(word[before.Length..]).Select(item => before + item);
    }
}
