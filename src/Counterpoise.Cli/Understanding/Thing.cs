using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Understanding;

/// <summary>What lies at a path, as far as its name and a glance tell.</summary>
/// <param name="What">What it is, with its article.</param>
/// <param name="Use">What takes it.</param>
internal sealed record Thing(string What, string Use)
{
    private const int MostLookedAt = 100;

    private static readonly string[] EndingsOfData =
    [
        ".zip",
        ".tar",
        ".gz",
        ".tgz",
        ".pack",
        ".parquet",
        ".csv",
        ".tsv",
        ".txt",
    ];

    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    internal static Thing Run { get; } =
        new("a run folder", "'counterpoise resume', 'evaluate', 'export', 'predict', 'analyze' and 'report' take it");

    internal static Thing Runs { get; } =
        new("a folder of run folders", "'counterpoise runs' and 'watch' take it, other verbs one of these");

    internal static Thing Study { get; } =
        new("the folder of a study", "'counterpoise tune' or 'choose', which began it, goes on with it by --output");

    internal static Thing Model { get; } = new("an ONNX model", "'counterpoise predict' and 'serve' take it");

    internal static Thing Parameters { get; } =
        new(
            "a file of parameters",
            "--pretrained of 'counterpoise train' takes it, --checkpoint of 'evaluate' one of a run"
        );

    internal static Thing Recipe { get; } = new("a recipe", "'counterpoise train', 'compare' and 'tune' take it");

    internal static Thing Picture { get; } = new("an image", "'counterpoise predict' takes it, after a model or a run");

    internal static Thing Folder { get; } =
        new("a folder that holds no run", "if it holds images, --data of 'counterpoise train' takes it");

    internal static Thing Data { get; } = new("a file of data", "--data of 'counterpoise train' takes it");

    /// <summary>Where images can be. Run folders may lie among them.</summary>
    internal static Thing[] Images => [Folder, Data, Runs];

    /// <summary>What is there; null where nothing is, or where it could be anything.</summary>
    internal static Thing? At(string path) =>
        Directory.Exists(path) ? OfFolder(path)
        : File.Exists(path) ? OfFile(path)
        : path == SyntheticImages.Name ? Data
        : null;

    private static Thing OfFolder(string path) =>
        IsRun(path) ? Run
        : File.Exists(Path.Combine(path, Tuning.Study.DatabaseFile)) ? Study
        : Directory.EnumerateDirectories(path, "*", Readable).Take(MostLookedAt).Any(IsRun) ? Runs
        : Folder;

    private static Thing? OfFile(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".onnx" => Model,
            ".safetensors" => Parameters,
            ".toml" => Recipe,
            var ending when EndingsOfData.Contains(ending) => Data,
            _ when ImageFormats.IsNamedLikeAny(path) => Picture,
            _ => null,
        };

    private static bool IsRun(string path) => File.Exists(Path.Combine(path, RunFiles.Description));
}
