using System.Text.RegularExpressions;

namespace Counterpoise.Data.Files;

/// <summary>Which files of a data set are wanted, by patterns over their paths below it.</summary>
/// <remarks>
/// In a pattern <c>*</c> is anything within a name, <c>?</c> one character and <c>**</c> any folders. A pattern without
/// a slash is tried on every name of the path, one with a slash on the whole path; in any case.
/// </remarks>
internal sealed class FileChoice
{
    private readonly FilePattern[] include;
    private readonly FilePattern[] exclude;

    /// <param name="include">What is wanted; empty for everything.</param>
    /// <param name="exclude">What is not, of that.</param>
    internal FileChoice(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        this.include = [.. include.Select(pattern => new FilePattern(pattern))];
        this.exclude = [.. exclude.Select(pattern => new FilePattern(pattern))];
    }

    /// <summary>Whether everything is wanted.</summary>
    internal bool IsAll => include.Length + exclude.Length == 0;

    /// <summary>Whether a file is wanted.</summary>
    /// <param name="path">Its path below the data set, with either separator.</param>
    internal bool Wants(string path)
    {
        string slashed = path.Replace('\\', '/');
        return (include.Length == 0 || include.Any(pattern => pattern.Fits(slashed))) && !IsExcluded(slashed);
    }

    /// <summary>Whether a folder is not wanted, with all that is in it.</summary>
    /// <param name="path">Its path below the data set, with either separator.</param>
    internal bool IsExcluded(string path)
    {
        string slashed = path.Replace('\\', '/');
        return exclude.Any(pattern => pattern.Fits(slashed));
    }

    /// <summary>Says which patterns fitted nothing that was looked at.</summary>
    internal IReadOnlyList<string> Unused(string data) =>
        [
            .. include
                .Concat(exclude)
                .Where(pattern => !pattern.HasFitted)
                .Select(pattern => $"{data}: the pattern '{pattern.Text}' fits no file and no folder."),
        ];

    /// <summary>A pattern, and whether it has fitted anything.</summary>
    private sealed class FilePattern(string text)
    {
        private readonly Regex regex = Of(text);

        internal string Text => text;

        internal bool HasFitted { get; private set; }

        internal bool Fits(string path)
        {
            bool fits = regex.IsMatch(path);
            HasFitted |= fits;
            return fits;
        }

        private static Regex Of(string pattern)
        {
            string slashed = pattern.Replace('\\', '/').TrimEnd('/');
            while (slashed.EndsWith("/**", StringComparison.Ordinal))
            {
                slashed = slashed[..^3]; // Below what a pattern names everything is meant.
            }

            string name = Regex
                .Escape(slashed)
                .Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
                .Replace(@"\*\*", ".*", StringComparison.Ordinal)
                .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
                .Replace(@"\?", "[^/]", StringComparison.Ordinal);
            string whole = slashed.Contains('/', StringComparison.Ordinal)
                ? $"^{name.TrimStart('/')}(?:/|$)"
                : $"(?:^|/){name}(?:/|$)";
            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        }
    }
}
