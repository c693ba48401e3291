using System.Text.RegularExpressions;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed partial class HelpTests
{
    // Neither takes a value that could have a default: one must be given, the other adds to what there is.
    private static readonly string[] WithoutDefault = ["--data", "--set"];

    private static readonly string[] Verbs =
    [
        "demo",
        "train",
        "compare",
        "tune",
        "reproduce",
        "resume",
        "evaluate",
        "analyze",
        "export",
        "predict",
        "serve",
        "report",
        "runs",
        "watch",
        "init",
        "data",
        "methods",
        "models",
        "doctor",
        "completion",
    ];

    [Fact]
    public void Help_catalogue_and_init_do_without_libtorch_and_SQLite()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The libraries have the names of Linux.");
        using var folder = new TemporaryFolder();
        CopyToolWithoutLibraries(folder["tool"]);
        string[][] commands =
        [
            ["--help"],
            ["--version"],
            .. Verbs.Select(verb => (string[])[verb, "--help"]),
            ["data", "inspect", "--help"],
            ["methods"],
            ["completion", "bash"],
            ["complete", "counterpoise train --method mfw+d"],
            ["complete", "counterpoise train --set t"],
            ["init", folder["recipe.toml"]],
            ["runs", folder.Path],
        ];

        foreach (string[] command in commands)
        {
            using Tool tool = Tool.Start(command, toolFolder: folder["tool"]);
            ToolResult result = tool.Finish();
            Assert.True(result is { ExitCode: 0, Error: [], Output: [_, ..] }, string.Join(' ', command) + result);
        }

        // What needs libtorch cannot have it here, or this test would show nothing.
        using Tool needy = Tool.Start(["models"], toolFolder: folder["tool"], packages: folder["packages"]);
        Refusals.AssertFailed(needy.Finish(), "libtorch");
    }

    [Fact]
    public void Every_option_of_train_says_what_it_does_and_what_it_is_unless_given()
    {
        string help = Tool.Run("train", "--help").OutputText;

        Match[] options =
        [
            .. Option().Matches(help[help.IndexOf("Options:", StringComparison.Ordinal)..]).Cast<Match>(),
        ];

        Assert.Equal(35, options.Length);
        foreach (Match option in options)
        {
            string name = option.Groups["name"].Value;
            Assert.True(option.Groups["text"].Value.Length > 10, $"{name} has no description.");
            bool takesValue = option.Groups["value"].Success;
            Assert.True(
                !takesValue || WithoutDefault.Contains(name) || option.Value.Contains("[default: "),
                $"{name} has no default."
            );
        }
    }

    [Theory]
    [InlineData("<recipe>", "train")]
    [InlineData("<data>", "data", "inspect")]
    [InlineData("<run>", "resume")]
    [InlineData("<table>", "reproduce")]
    public void Help_calls_an_argument_by_its_name_and_not_by_what_could_be_given(string name, params string[] verb)
    {
        string help = Tool.Run([.. verb, "--help"]).OutputText;

        Assert.Matches($@"Arguments:\s+{name}  ", help);
        Assert.DoesNotContain('|', help[..help.IndexOf("Options:", StringComparison.Ordinal)]);
    }

    [Fact]
    public void Help_calls_the_tool_by_its_name_and_lists_every_verb()
    {
        string help = Tool.Run("--help").OutputText;

        Assert.Contains("counterpoise [command]", help);
        Assert.All(Verbs, verb => Assert.Matches($@"\n  {verb}\b.* [A-Z].*\.", help));
    }

    private static void CopyToolWithoutLibraries(string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(Tool.Folder))
        {
            string name = Path.GetFileName(file);
            string copy = Path.Combine(to, name);
            if (name.StartsWith("Counterpoise", StringComparison.Ordinal))
            {
                File.Copy(file, copy);
            }
            else if (
                name.Contains("Sqlite", StringComparison.Ordinal)
                || (name.Contains(".so", StringComparison.Ordinal) && !name.Contains("Skia", StringComparison.Ordinal))
            )
            {
                File.WriteAllBytes(copy, []); // The host wants it to exist.
            }
            else
            {
                File.CreateSymbolicLink(copy, file);
            }
        }
    }

    [GeneratedRegex(
        @"^  (-\w, )?(?<name>--[\w-]+)(, --?[\w?]+)*( <(?<value>[^>]+)>)?( \(REQUIRED\))?(?<text>.*(\n {4,}.*)*)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Option();
}
