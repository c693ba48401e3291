using Counterpoise.Report;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Output;

/// <summary>A figure that was asked for.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="File">The file it was written to; null where it could not be drawn.</param>
/// <param name="Missing">What is missing, and how to get it; null where it was drawn.</param>
internal sealed record FigureFile(FigureKind Kind, string? File, string? Missing);

/// <summary>Writes figures into a folder, a file each.</summary>
internal static class FigureFiles
{
    /// <summary>Draws what the runs allow.</summary>
    /// <exception cref="CounterpoiseException">The folder or a file cannot be written.</exception>
    internal static IReadOnlyList<FigureFile> Save(
        IReadOnlyList<FigureKind> kinds,
        IReadOnlyList<RunHistory> runs,
        string folder,
        string format
    )
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CounterpoiseException(
                $"{folder}: the folder for the figures could not be made: {failure.Message} Name another with --output.",
                failure
            );
        }

        List<FigureFile> files = [];
        foreach (FigureKind kind in kinds)
        {
            Figure? figure = kind.Draw(runs, out string? missing);
            string? file = figure is null ? null : Path.Combine(folder, $"{kind.Name}.{format}");
            figure?.Save(file!);
            files.Add(new FigureFile(kind, file, missing));
        }

        return files;
    }
}
