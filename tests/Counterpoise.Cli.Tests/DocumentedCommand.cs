using System.Text;

namespace Counterpoise.Cli.Tests;

/// <summary>A command that a page shows.</summary>
/// <param name="Page">The page, from the top of the repository.</param>
/// <param name="Line">Where on the page, from 1 on.</param>
/// <param name="Needs">What it needs that is not at hand everywhere; empty for one that anybody can run at once.</param>
/// <param name="Words">The words that a shell makes of it.</param>
public sealed record DocumentedCommand(string Page, int Line, string[] Needs, string[] Words)
{
    private static readonly string[] FromSource = ["dotnet", "run", "--project", "src/Counterpoise.Cli"];

    /// <summary>What the tool is given, if it is the tool that is called, be it from the source or by a launcher.</summary>
    public string[]? Arguments =>
        FromSource.All(Words.Contains) ? Words[(Words.IndexOf("--") + 1)..]
        : Words.IndexOf("counterpoise") is var name and >= 0 ? Words[(name + 1)..]
        : null;

    public override string ToString() => $"{Page}:{Line}: {string.Join(' ', Words)}";

    /// <summary>The words of a line, without its comment, as a POSIX shell would split it; nothing is replaced.</summary>
    public static string[] Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        foreach (char c in line)
        {
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                word ??= new StringBuilder();
            }
            else if (quote == '\0' && c == '#' && word is null)
            {
                break;
            }
            else if (quote == '\0' && c == ' ')
            {
                words.AddRange(word is null ? [] : [word.ToString()]);
                word = null;
            }
            else
            {
                word = (word ?? new StringBuilder()).Append(c);
            }
        }

        return [.. words, .. word is null ? (string[])[] : [word.ToString()]];
    }
}
