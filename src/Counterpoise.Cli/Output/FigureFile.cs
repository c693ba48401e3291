using Counterpoise.Basics;
using Counterpoise.Report;
using Counterpoise.Report.Figures;

namespace Counterpoise.Cli.Output;

/// <summary>A figure that was asked for.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Path">The file it was written to; null where it could not be drawn.</param>
/// <param name="Missing">What is missing, and how to get it; null where it was drawn.</param>
internal sealed record FigureFile(string Name, string? Path, string? Missing)
{
    /// <summary>Draws what runs allow into a folder, a file each.</summary>
    /// <exception cref="CounterpoiseException">The folder or a file cannot be written.</exception>
    internal static IReadOnlyList<FigureFile> Save(
        IReadOnlyList<FigureKind> kinds,
        RunSet set,
        string folder,
        string format
    )
    {
        Folders.Make(folder, "Choose another --output.");
        return [.. kinds.Select(kind => Save(kind, set, System.IO.Path.Combine(folder, $"{kind.Name}.{format}")))];
    }

    private static FigureFile Save(FigureKind kind, RunSet set, string path)
    {
        Figure? figure = kind.Draw(set, out string? missing);
        figure?.Save(path);
        return new FigureFile(kind.Name, figure is null ? null : path, missing);
    }
}
