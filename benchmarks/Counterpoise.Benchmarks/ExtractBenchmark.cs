using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Data;
using Counterpoise.Data.Features;
using Counterpoise.Data.Formats;
using Counterpoise.Features;

namespace Counterpoise.Benchmarks;

/// <summary>Features of image files, decoding and keeping them included, against OnnxRuntime alone on images that lie ready.</summary>
internal sealed class ExtractBenchmark : IBenchmark
{
    private const int UsualRounds = 5;
    private const int Large = 224;
    private const int Small = 112;

    /// <summary>Files of these have fewer pixels than either size.</summary>
    private const int SmallFile = 64;

    public string Name => "extract";

    public string Summary =>
        "features of JPEG files by the frozen ResNet-18, against OnnxRuntime alone on the same network";

    public IReadOnlyList<Figure> Run(BenchmarkOptions options)
    {
        using var files = new TemporaryFolder();
        int images = options.Quick ? 8 : 512;
        JpegFiles.Write(files["photographs"], images);
        JpegFiles.Write(files["small"], images, SmallFile);
        int[] sizes = [Large, Small];
        Contestant[] photographs = [.. sizes.Select(size => Ours(files["photographs"], size, options.Threads))];
        Contestant[] small = [.. sizes.Select(size => Ours(files["small"], size, options.Threads))];
        RuntimeAlone[] networks = [.. sizes.Select(size => new RuntimeAlone(size, options.Threads))];
        Contestant[] alone =
        [
            .. networks.Select(network => new Contestant(
                $"OnnxRuntime at {network.Size}",
                () => Turn.Measure(images, () => network.Run(images))
            )),
        ];
        Contestant.TakeTurns(options.RoundsOr(UsualRounds), [.. photographs, .. small, .. alone]);
        foreach (RuntimeAlone network in networks)
        {
            network.Dispose();
        }

        return
        [
            .. sizes.SelectMany(
                (size, i) =>
                    new[]
                    {
                        Over($"photographs_{size}_over_onnx", photographs[i], alone[i]),
                        Over($"small_{size}_over_onnx", small[i], alone[i]),
                        new Figure($"images_per_second_{size}", "images/s", photographs[i].PerSecond),
                    }
            ),
            Over("small_112_over_224", small[1], small[0]),
        ];
    }

    private static Figure Over(string name, Contestant one, Contestant other) =>
        Figure.Ratio(name, Figure.TimesAsFast, one.PerSecond, other.PerSecond);

    /// <summary>As the tool computes them: files are decoded ahead, and features are written.</summary>
    private static Contestant Ours(string folder, int size, int threads) =>
        new(
            $"{Path.GetFileName(folder)} at {size}",
            () =>
            {
                using var kept = new TemporaryFolder();
                var settings = new DataSettings { Features = FeatureExtractors.ResNet18, ImageSize = size };
                using OnnxExtractor extractor = FeatureExtractors.Open(settings, threads);
                ImageData data = ImageDataSource.Open(
                    folder,
                    new OpenOptions { ImageSize = size, Store = ImageStore.Stream }
                );
                int images = data.Train.Count + data.Test.Count;
                ImageData? made = null;
                Turn turn = Turn.Measure(
                    images,
                    () => made = new FeatureCache(kept.Path, extractor).Of(data, settings, progress: null)
                );
                made!.Dispose();
                return turn;
            }
        );
}
