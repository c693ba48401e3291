using System.Text.RegularExpressions;

namespace Counterpoise.Data.Files;

/// <summary>Which files of a data set are wanted, by patterns over their paths below it.</summary>
/// <remarks>
/// In a pattern <c>*</c> is anything within a name, <c>?</c> one character and <c>**</c> any folders. A pattern without
/// a slash is tried on every name of the path, one with a slash on the whole path.
/// </remarks>
internal sealed class FileChoice
{
    private readonly Regex[] include;
    private readonly Regex[] exclude;

    /// <param name="include">What is wanted; empty for everything.</param>
    /// <param name="exclude">What is not, of that.</param>
    internal FileChoice(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        this.include = [.. include.Select(Pattern)];
        this.exclude = [.. exclude.Select(Pattern)];
    }

    /// <summary>Whether everything is wanted.</summary>
    internal bool IsAll => include.Length + exclude.Length == 0;

    /// <summary>Whether a file is wanted.</summary>
    /// <param name="path">Its path below the data set, with either separator.</param>
    internal bool Wants(string path)
    {
        string slashed = path.Replace('\\', '/');
        return (include.Length == 0 || include.Any(pattern => pattern.IsMatch(slashed))) && !IsExcluded(slashed);
    }

    /// <summary>Whether a folder is not wanted, with all that is in it.</summary>
    /// <param name="path">Its path below the data set, with either separator.</param>
    internal bool IsExcluded(string path)
    {
        string slashed = path.Replace('\\', '/');
        return exclude.Any(pattern => pattern.IsMatch(slashed));
    }

    private static Regex Pattern(string pattern)
    {
        string slashed = pattern.Replace('\\', '/').TrimEnd('/');
        string name = Regex
            .Escape(slashed)
            .Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
            .Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal);
        // Below what a pattern names everything is meant, too.
        string whole = slashed.Contains('/', StringComparison.Ordinal)
            ? $"^{name.TrimStart('/')}(?:/|$)"
            : $"(?:^|/){name}(?:/|$)";
        return new Regex(whole, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }
}
