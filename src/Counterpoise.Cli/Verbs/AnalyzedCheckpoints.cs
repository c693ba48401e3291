using Counterpoise.Metrics;
using Counterpoise.Report;
using Counterpoise.Results;
using Counterpoise.Results.Embedding;
using Counterpoise.Runs;

namespace Counterpoise.Cli.Verbs;

/// <summary>What <c>analyze</c> takes from a run's checkpoints and data, where the recorded numbers are not enough.</summary>
/// <param name="path">The run folder.</param>
/// <param name="moved">Where the images are now; null where they were.</param>
/// <param name="said">Where progress is told.</param>
internal sealed class AnalyzedCheckpoints(string path, string? moved, TextWriter said)
{
    private const int EmbeddedOfAClass = 250;

    /// <summary>Takes the statistics of every kept checkpoint and writes them into the run folder.</summary>
    internal void Recompute()
    {
        using RunFolder folder = RunFolder.Open(path, write: true);
        ReopenedData.Use(
            folder,
            moved,
            said,
            images =>
            {
                CheckpointAnalysis.Recompute(
                    folder,
                    images,
                    new FeatureDeviation(),
                    epoch => said.WriteLine($"{path}: statistics after {epoch} epochs")
                );
                return true;
            }
        );
    }

    /// <summary>Places features of the last checkpoint in the plane.</summary>
    /// <param name="labels">The classes.</param>
    /// <param name="kind">How: <c>tsne</c> or <c>pca</c>.</param>
    internal IReadOnlyList<EmbeddedPoint> Embed(IReadOnlyList<int> labels, string kind)
    {
        using RunFolder folder = RunFolder.Open(path, write: false);
        IReadOnlyList<ImageFeatures> found = ReopenedData.Use(
            folder,
            moved,
            said,
            images => CheckpointAnalysis.Features(folder, images, labels, EmbeddedOfAClass)
        );
        said.WriteLine(
            $"{path}: placing the features of {found.Count} images, at most {EmbeddedOfAClass} a class and part"
        );
        IReadOnlyList<float[]> features = [.. found.Select(image => image.Features)];
        (double X, double Y)[] places = kind == "pca" ? [.. Principal(features)] : new TSne().Embed(features);
        return [.. found.Zip(places, (image, at) => new EmbeddedPoint(at.X, at.Y, image.Label, image.IsTest))];
    }

    private static IEnumerable<(double X, double Y)> Principal(IReadOnlyList<float[]> features)
    {
        var components = PrincipalComponents.Of(features);
        return features.Select(components.Project).Select(place => (place[0], place[1]));
    }
}
