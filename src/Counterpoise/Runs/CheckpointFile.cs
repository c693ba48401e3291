using System.Globalization;
using System.Text.RegularExpressions;

namespace Counterpoise.Runs;

/// <summary>A checkpoint in a run folder, not read yet. Its name tells its place in the run.</summary>
/// <param name="Epoch">Completed epochs.</param>
/// <param name="Step">Steps done in the epoch after those; 0 between epochs.</param>
/// <param name="Path">The file.</param>
internal sealed partial record CheckpointFile(int Epoch, int Step, string Path)
{
    /// <summary>Whether it was written within an epoch.</summary>
    public bool IsPartial => Step > 0;

    internal static string NameOf(int epoch, int step) =>
        step == 0 ? $"epoch-{epoch:D4}.safetensors" : $"epoch-{epoch:D4}-step-{step:D6}.safetensors";

    /// <summary>The checkpoints in <paramref name="folder"/>, oldest first; other files are ignored.</summary>
    internal static IReadOnlyList<CheckpointFile> AllIn(string folder) =>
        [
            .. (Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [])
                .Select(Parse)
                .OfType<CheckpointFile>()
                .OrderBy(file => file.Epoch)
                .ThenBy(file => file.Step),
        ];

    /// <summary>Which of <paramref name="files"/>, oldest first, are no longer needed.</summary>
    /// <param name="files">All checkpoints.</param>
    /// <param name="keepLast">How many of those between epochs to keep, at least 1.</param>
    /// <param name="keepEvery">Keep those whose epoch is a multiple of this, too.</param>
    internal static IEnumerable<CheckpointFile> Superfluous(
        IReadOnlyList<CheckpointFile> files,
        int keepLast,
        int? keepEvery
    )
    {
        var last = files.Where(file => !file.IsPartial).TakeLast(keepLast).ToHashSet();
        return files
            .SkipLast(1)
            .Where(file => file.IsPartial || !(last.Contains(file) || (keepEvery is { } n && file.Epoch % n == 0)));
    }

    private static CheckpointFile? Parse(string path)
    {
        Match match = Name().Match(System.IO.Path.GetFileName(path));
        return
            match.Success
            && int.TryParse(match.Groups["epoch"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            && int.TryParse(
                "0" + match.Groups["step"].Value,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int step
            )
            ? new CheckpointFile(epoch, step, path)
            : null;
    }

    [GeneratedRegex(
        @"\Aepoch-(?<epoch>[0-9]{4,})(-step-(?<step>[0-9]{6,}))?\.safetensors\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Name();
}
