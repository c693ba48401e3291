using System.CommandLine;

namespace Counterpoise.Cli.Completion;

/// <summary>What the last word of a command line can become.</summary>
internal static class WordCompletions
{
    /// <summary>The words that begin as the line ends, in the order in which they are to be shown.</summary>
    /// <param name="root">The tool's verbs and options.</param>
    /// <param name="line">The line up to the cursor. Whatever its first word is, it stands for the tool.</param>
    /// <returns>Nothing where any file name may follow, or where nothing is known; shells then offer file names.</returns>
    internal static IReadOnlyList<string> Of(Command root, string line)
    {
        if (line.Contains("\\ ", StringComparison.Ordinal) || line.AsSpan().ContainsAny('"', '\''))
        {
            return []; // Every shell has rules of its own for such words.
        }

        int first = line.IndexOf(' ');
        line = root.Name + (first < 0 ? "" : line[first..]);
        ParseResult parsed = root.Parse(line);
        string word = line[(line.LastIndexOf(' ') + 1)..];
        string[] words =
        [
            .. parsed
                .GetCompletions(line.Length)
                .Select(item => item.InsertText ?? item.Label)
                .Where(text =>
                    text.StartsWith(word, StringComparison.Ordinal) && text is not ("-h" or "-?" or "/h" or "/?")
                )
                .Distinct(),
        ];

        // Options are many: they are listed where one is begun, or where nothing else can follow.
        return !word.StartsWith('-') && words.Any(text => !text.StartsWith('-'))
            ? [.. words.Where(text => !text.StartsWith('-'))]
            : words;
    }
}
