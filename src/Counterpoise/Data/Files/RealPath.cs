namespace Counterpoise.Data.Files;

/// <summary>Paths without links in them: two that are the same lead to the same place.</summary>
internal static class RealPath
{
    /// <summary>The path with every link in it followed.</summary>
    internal static string Of(string path)
    {
        string whole = Path.GetFullPath(path);
        string real = Path.GetPathRoot(whole)!;
        foreach (string name in whole[real.Length..].Split(Path.DirectorySeparatorChar))
        {
            real = Path.Combine(real, name);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target)
            {
                real = Of(target);
            }
        }

        return real;
    }

    /// <summary>Whether a folder is another one or holds it, both without links.</summary>
    internal static bool Holds(string folder, string other) =>
        (other + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
