using System.Text.RegularExpressions;

namespace Counterpoise.Cli.Tests;

/// <summary>A page of the documentation: Markdown at the top of the repository or below <c>docs</c>.</summary>
internal sealed partial class DocumentedPage
{
    private const string Shell = "sh";
    private const string Mark = "needs=";

    /// <summary>What the names of the pages of methods begin with.</summary>
    public const string Methods = "docs/methods/";

    private readonly string[] lines;

    private DocumentedPage(string name)
    {
        Name = name;
        lines = File.ReadAllLines(Path.Combine(Repository, name));
    }

    /// <summary>The folder that the tests were built in, with everything that is in version control.</summary>
    public static string Repository { get; } = FindRepository();

    public static IReadOnlyList<DocumentedPage> All { get; } =
    [
        .. Directory
            .GetFiles(Repository, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository, file))
            .Order(StringComparer.Ordinal)
            .Select(name => new DocumentedPage(name)),
    ];

    /// <summary>From the top of the repository, such as <c>docs/data.md</c>.</summary>
    public string Name { get; }

    /// <summary>The commands in its blocks of shell lines, from top to bottom.</summary>
    public IReadOnlyList<DocumentedCommand> Commands()
    {
        var commands = new List<DocumentedCommand>();
        string? language = null;
        string begun = "";
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                language = language is null ? lines[i].Trim()[3..] : null;
            }
            else if (language?.Split(' ') is [Shell, .. var marks])
            {
                string line = begun + lines[i].Trim();
                begun = line.EndsWith('\\') ? line[..^1] : "";
                string[] words = begun.Length > 0 ? [] : DocumentedCommand.Split(line);
                if (words.Length > 0)
                {
                    commands.Add(new DocumentedCommand(Name, i + 1, [.. marks.SelectMany(Needs)], words));
                }
            }
        }

        return commands;
    }

    /// <summary>Commands outside such blocks, which no test would see.</summary>
    public IEnumerable<string> Unseen() => lines.Where(line => IndentedCommand().IsMatch(line));

    /// <summary>Options in code within the text.</summary>
    public IEnumerable<(string Code, string Option)> Options() =>
        lines
            .SelectMany(line => Code().Matches(line))
            .SelectMany(code => Option().Matches(code.Value).Select(option => (code.Value, option.Value)));

    /// <summary>Its headings, with their marks.</summary>
    public IEnumerable<string> Headings()
    {
        bool code = false;
        foreach (string line in lines)
        {
            code ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!code && Heading().IsMatch(line))
            {
                yield return line;
            }
        }
    }

    /// <summary>What a link to a heading has after its #.</summary>
    public static string Anchor(string heading) =>
        NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    /// <summary>Files that it links to, from the top of the repository, and the headings in them, empty for whole files.</summary>
    public IEnumerable<(string File, string Anchor)> Links() =>
        lines
            .SelectMany(line => Link().Matches(line))
            .Select(link => (File: link.Groups["file"].Value, Anchor: link.Groups["anchor"].Value))
            .Where(link => !link.File.Contains("://", StringComparison.Ordinal))
            .Select(link =>
                (link.File.Length == 0 ? Name : Path.Combine(Path.GetDirectoryName(Name)!, link.File), link.Anchor)
            );

    public override string ToString() => Name;

    private static IEnumerable<string> Needs(string mark) =>
        mark.StartsWith(Mark, StringComparison.Ordinal) ? mark[Mark.Length..].Split(',') : [mark];

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Counterpoise.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests are not within the repository.");
    }

    [GeneratedRegex(@"^    (counterpoise|dotnet|mpirun|srun|apt-get) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IndentedCommand();

    [GeneratedRegex("`[^`]+`", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("(?<=[` ])--[a-z][a-z-]*", RegexOptions.None, 1000)]
    private static partial Regex Option();

    [GeneratedRegex("^#+ ", RegexOptions.None, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]", RegexOptions.None, 1000)]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\]\((?<file>[^)#]*)(#(?<anchor>[^)]*))?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
