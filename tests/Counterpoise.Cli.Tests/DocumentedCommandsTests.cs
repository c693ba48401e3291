using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Cli.Verbs;
using Counterpoise.Data.Downloads;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Report.Figures;
using Counterpoise.Reproduction;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>
/// What the documentation tells a reader to type. Commands without a mark are run, page by page, in a folder where
/// <c>FOLDER</c> has images; the others are read as the tool reads them.
/// </summary>
public sealed class DocumentedCommandsTests : IDisposable
{
    /// <summary>What a block may be marked with; CONTRIBUTING.md says what each means.</summary>
    private static readonly string[] Marks = ["data", "runs", "time", "network", "machines", "source"];

    /// <summary>Options in the text that are not the tool's: those of mpirun, the benchmarks, dotnet and TensorBoard.</summary>
    private static readonly string[] OfOthers =
    [
        "--allow-run-as-root",
        "--oversubscribe",
        "--mca",
        "--mpi",
        "--hostfile",
        "--rounds",
        "--quick",
        "--project",
        "--logdir",
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> PagesToRun =>
        [
            .. DocumentedPage
                .All.Where(page => page.Commands().Any(command => command.Needs.Length == 0))
                .Select(page => page.Name),
        ];

    public static TheoryData<DocumentedCommand> Marked =>
        [
            .. DocumentedPage
                .All.SelectMany(page => page.Commands())
                .Where(command => command is { Needs.Length: > 0, Arguments: not null }),
        ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(PagesToRun))]
    public void Commands_without_a_mark_run_one_after_the_other(string name)
    {
        ImageSets.WriteFolder(folder["FOLDER"], ["blue", "green", "red"], [100, 30, 10]);
        Directory.CreateSymbolicLink(folder["recipes"], Path.Combine(DocumentedPage.Repository, "recipes"));
        DocumentedPage page = DocumentedPage.All.Single(page => page.Name == name);

        foreach (DocumentedCommand command in page.Commands().Where(command => command.Needs.Length == 0))
        {
            Assert.True(command.Arguments is not null, $"{command} is not a command of the tool; mark its block.");
            using Tool tool = Tool.Start(command.Arguments, folder.Path);
            ToolResult result = tool.Finish();
            Assert.True(result.ExitCode == 0, $"{command}\n{result}");
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Marked))]
    public void Commands_with_a_mark_are_understood(DocumentedCommand command)
    {
        try
        {
            Understand(command.Arguments!);
        }
        catch (UsageException error)
        {
            Assert.Fail($"{command}\n{error.Message}");
        }
    }

    [Fact]
    public void The_command_that_each_ready_recipe_begins_with_trains_it()
    {
        string[] recipes = Directory.GetFiles(Path.Combine(DocumentedPage.Repository, "recipes"), "*.toml");

        Assert.All(
            recipes,
            file =>
            {
                string line = File.ReadLines(file)
                    .First(line => line.StartsWith("# counterpoise ", StringComparison.Ordinal));
                string[] arguments = DocumentedCommand.Split(line[2..])[1..];
                Assert.Equal($"recipes/{Path.GetFileName(file)}", arguments[1]);
                Understand(arguments);
            }
        );
    }

    [Fact]
    public void Every_command_stands_in_a_block_of_its_kind_with_marks_that_are_known()
    {
        Assert.All(DocumentedPage.All, page => Assert.Empty(page.Unseen()));
        DocumentedCommand[] commands = [.. DocumentedPage.All.SelectMany(page => page.Commands())];
        Assert.All(commands, command => Assert.Empty(command.Needs.Except(Marks)));
        string[] projects =
        [
            .. commands
                .SelectMany(command => command.Words.Zip(command.Words.Skip(1)))
                .Where(pair => pair.First == "--project")
                .Select(pair => pair.Second),
        ];
        Assert.All(
            projects,
            path => Assert.True(Directory.Exists(Path.Combine(DocumentedPage.Repository, path)), path)
        );
    }

    [Fact]
    public void Every_option_in_the_text_is_one()
    {
        string[] known = [.. All(ToolCommand.Create()).SelectMany(verb => verb.Options).Select(option => option.Name)];

        Assert.All(
            DocumentedPage.All,
            page =>
                Assert.All(
                    page.Options(),
                    shown => Assert.True(known.Concat(OfOthers).Contains(shown.Option), $"{page}: {shown.Code}")
                )
        );
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_to_a_heading_in_it() =>
        Assert.All(
            DocumentedPage.All,
            page =>
                Assert.All(
                    page.Links(),
                    link =>
                    {
                        string path = Path.GetFullPath(Path.Combine(DocumentedPage.Repository, link.File));
                        Assert.True(Path.Exists(path), $"{page}: {link}");
                        string name = Path.GetRelativePath(DocumentedPage.Repository, path);
                        Assert.True(
                            link.Anchor.Length == 0
                                || DocumentedPage
                                    .All.Single(target => target.Name == name)
                                    .Headings()
                                    .Any(heading => DocumentedPage.Anchor(heading) == link.Anchor),
                            $"{page}: {link}"
                        );
                    }
                )
        );

    [Fact]
    public void The_method_that_is_shown_as_an_example_is_the_one_that_is_built() =>
        Assert.Contains(
            File.ReadAllText(Path.Combine(DocumentedPage.Repository, "src/Counterpoise/Methods/LogitAdjustment.cs")),
            File.ReadAllText(Path.Combine(DocumentedPage.Repository, "CONTRIBUTING.md"))
        );

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    /// <summary>Reads a command line as far as that goes without its data and its runs.</summary>
    private static void Understand(string[] arguments)
    {
        arguments = [.. arguments.Where((_, i) => i == 0 || !IsRecipeOfTheReader(arguments, i)).Select(Located)];
        ParseResult parsed = ToolCommand.Parse(arguments);
        Mistyped.Refuse(parsed);
        switch (parsed.CommandResult.Command.Name)
        {
            case "train":
                var train = new TrainOptions();
                _ = train.Recipe.RecipeOf(
                    Parse(verb => AddAll(verb, train, parsed.CommandResult.Command), arguments),
                    Recipe.Default
                );
                break;
            case "compare":
                var compare = new TrainOptions();
                string methods = parsed.GetValue<string>("--methods")!;
                Recipe common = compare.Recipe.WithoutSet(
                    Parse(verb => AddAll(verb, compare, parsed.CommandResult.Command), arguments),
                    Recipe.Default
                );
                IReadOnlyList<Recipe> recipes =
                [
                    .. methods == CompareVerb.Everything
                        ? MethodCatalogue.All.Select(method => common.WithMethods(method.Name))
                        : methods.Split(',').Select(name => common.WithMethods(name)),
                ];
                foreach (string assignment in parsed.GetValue<string[]>("--set") ?? [])
                {
                    recipes = RecipeText.SetWhereItApplies(recipes, assignment);
                }

                Assert.All(recipes, recipe => recipe.Resolve());
                break;
            case "tune" when parsed.GetValue<string>("--data") is not null:
                var tune = new TuneOptions();
                _ = tune.Plan(Parse(tune.AddTo, arguments), Recipe.Default, _ => false);
                break;
            case "reproduce":
                _ = PaperTables.Find(parsed.GetValue<string>("table")!);
                break;
            case "download":
                _ = Download.Find(parsed.GetValue<string>("name")!);
                break;
            case "init" when parsed.GetValue<string>("--method") is { } names:
                _ = Recipe.Default.WithMethods(names);
                break;
            case "analyze" when parsed.GetValue<string>("--figures") is { } figures:
                Assert.All(figures.Split(','), figure => FigureCatalogue.Find(figure));
                break;
        }
    }

    /// <summary>The verb's own options, apart from the tool, so that they can be asked for what was given.</summary>
    private static ParseResult Parse(Action<Command> addOptions, string[] arguments)
    {
        var verb = new Command(arguments[0]);
        addOptions(verb);
        return verb.Parse(arguments[1..]);
    }

    /// <summary>Adds options of training, and the rest of those that a verb has.</summary>
    private static void AddAll(Command verb, TrainOptions shared, Command whole)
    {
        verb.Add(shared.Recipe.File);
        verb.Add([.. shared.All, shared.Recipe.Method, shared.Recipe.Tau]);
        foreach (Option option in whole.Options.Where(option => verb.Options.All(own => own.Name != option.Name)))
        {
            verb.Add(option);
        }
    }

    /// <summary>A recipe that stands for one that the reader writes is read as the default recipe.</summary>
    private static bool IsRecipeOfTheReader(string[] arguments, int i) =>
        arguments[0] is "train" or "compare" or "tune"
        && (arguments[i] == "RECIPE" || arguments[i].EndsWith(".toml", StringComparison.Ordinal))
        && !arguments[i].StartsWith("recipes/", StringComparison.Ordinal);

    private static string Located(string word) =>
        word.StartsWith("recipes/", StringComparison.Ordinal) ? Path.Combine(DocumentedPage.Repository, word) : word;
}
