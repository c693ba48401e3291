using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>A class that a run does badly on, with some of its mistakes.</summary>
/// <param name="Name">The class.</param>
/// <param name="Images">Its training images.</param>
/// <param name="Accuracy">Its test accuracy in percent; null where not known.</param>
/// <param name="Mistakes">Mistakes on its test images, most confident first.</param>
internal sealed record MistakenClass(string Name, int Images, double? Accuracy, IReadOnlyList<Mistake> Mistakes)
{
    /// <summary>The classes of a run that mistakes were recorded of, the least accurate first.</summary>
    internal static IReadOnlyList<MistakenClass> Of(RunHistory run) =>
        [
            .. (run.Statistics?.Errors ?? [])
                .GroupBy(error => error.Label)
                .OrderBy(errors => run.Test?.PerClass[errors.Key] ?? 0)
                .Select(errors => new MistakenClass(
                    run.Classes[errors.Key],
                    run.ClassCounts[errors.Key],
                    run.Test?.PerClass[errors.Key],
                    [.. errors.OrderByDescending(error => error.Confidence).Select(error => Mistake.Of(run, error))]
                )),
        ];
}

/// <summary>A mistake on a test image.</summary>
/// <param name="Image">The number of the image in the test part.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">The predicted class.</param>
/// <param name="Confidence">The probability of the prediction, 0 to 1; null if not recorded.</param>
/// <param name="Picture">The picture as a PNG; null where it is missing.</param>
internal sealed record Mistake(int Image, string Label, string Predicted, double? Confidence, byte[]? Picture)
{
    // Pictures are 96 pixels wide at most; whatever is larger than this is something else.
    private const long LargestPicture = 200_000;

    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    internal static Mistake Of(RunHistory run, RecordedError error) =>
        new(
            error.Image,
            run.Classes[error.Label],
            run.Classes[error.Predicted],
            error.Confidence,
            Read(Path.Combine(run.Folder, "examples", $"{error.Image}.png"))
        );

    /// <summary>A picture that cannot be read is left out: the report is about more than it.</summary>
    private static byte[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= LargestPicture })
            {
                return null;
            }

            byte[] content = File.ReadAllBytes(path);
            return content.AsSpan().StartsWith(PngSignature) ? content : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
