using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>
/// Features of the images that a run uses, each computed once and kept, whatever other images, parts and folds it is used
/// with: what was computed before a kill, or for another run, is not computed again.
/// </summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="extractor">What computes them.</param>
/// <param name="messages">Receives what the user must be told, such as that a file was damaged; null for nobody.</param>
internal sealed class FeatureCache(string folder, IFeatureExtractor extractor, IProgress<string>? messages = null)
{
    private const int ImagesOfFile = 1024;
    private const int ImagesAtOnce = 32;

    /// <summary>The data set with features in place of pixels.</summary>
    /// <param name="data">The images, which belong to the result from here on.</param>
    /// <param name="settings">Which of its training images are used.</param>
    /// <param name="progress">Counts images; null for nobody.</param>
    /// <param name="stop">Stops between batches; what is in a file is kept.</param>
    /// <exception cref="CounterpoiseException">A file cannot be written, or a feature is not a number.</exception>
    internal ImageData Of(
        ImageData data,
        DataSettings settings,
        IProgress<(int Done, int Total)>? progress,
        CancellationToken stop = default
    )
    {
        Libtorch.Require();
        int[] selected = TrainingData.Selected(data, settings);
        int total = selected.Length + data.Test.Count + (data.Validation?.Count ?? 0);
        int done = 0;
        string reading = data.Reading?.Identity ?? "";
        var store = new FeatureStore(
            Path.Combine(folder, CacheEntry.Digits(extractor.Identity)),
            extractor.Length,
            messages
        );
        return data with
        {
            Train = With(data.Train, selected),
            Test = With(data.Test, Enumerable.Range(0, data.Test.Count)),
            Validation = data.Validation is { } held ? With(held, Enumerable.Range(0, held.Count)) : null,
            FixedNormalisation = null,
        };

        FeatureImages With(IImageSource images, IEnumerable<int> used)
        {
            int[] positions = [.. used];
            UInt128[] digests = Digests(images, positions, reading);
            (UInt128 Image, int Position)[] missing =
            [
                .. digests.Zip(positions).Where(pair => !store.Has(pair.First)).DistinctBy(pair => pair.First),
            ];
            Count(positions.Length - missing.Length);
            foreach ((UInt128 Image, int Position)[] chunk in missing.Chunk(ImagesOfFile))
            {
                store.Keep(
                    Array.ConvertAll(chunk, image => image.Image),
                    Compute(images, Array.ConvertAll(chunk, image => image.Position), Count, stop)
                );
            }

            return new FeatureImages(images, positions, Table(store, digests), extractor.Identity);
        }

        void Count(int more)
        {
            done += more;
            progress?.Report((done, total));
        }
    }

    /// <summary>The vectors of images, [N, D], in no dispose scope.</summary>
    private unsafe torch.Tensor Table(FeatureStore store, UInt128[] digests)
    {
        torch.Tensor table = torch.empty(digests.Length, extractor.Length).DetachFromDisposeScope();
        var numbers = (float*)TensorMemory.Address(table, torch.float32);
        foreach (UInt128 digest in digests)
        {
            store[digest].CopyTo(new Span<float>(numbers, extractor.Length));
            numbers += extractor.Length;
        }

        return table;
    }

    /// <summary>What tells each image from others: what identifies it, its size, and how it was decoded.</summary>
    private static UInt128[] Digests(IImageSource images, int[] positions, string reading)
    {
        byte[] common = Encoding.UTF8.GetBytes(
            FormattableString.Invariant($"{images.Height} {images.Width} {reading}\n")
        );
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return Array.ConvertAll(
            positions,
            position =>
            {
                hash.AppendData(common);
                images.AppendIdentity([position], hash);
                return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
            }
        );
    }

    private float[] Compute(IImageSource images, int[] positions, Action<int> count, CancellationToken stop)
    {
        float[] rows = new float[positions.Length * extractor.Length];
        int done = 0;
        foreach (
            byte[] pixels in ReadAhead.Of(
                positions.Chunk(ImagesAtOnce),
                batch => FeaturePixels.Read(images, batch, extractor.ImageSize),
                isSlow: true,
                _ => { }
            )
        )
        {
            stop.ThrowIfCancellationRequested();
            int more = Math.Min(ImagesAtOnce, positions.Length - done);
            extractor.Extract(pixels, rows.AsSpan(done * extractor.Length, more * extractor.Length));
            done += more;
            count(more);
        }

        return rows;
    }
}
