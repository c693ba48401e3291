using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>
/// Features of the images that a run uses, and of random views of them, each computed once and kept, whatever other images,
/// parts and folds it is used with: what was computed before a kill, or for another run, is not computed again.
/// </summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="extractor">What computes them.</param>
/// <param name="messages">Receives what the user must be told, such as that a file was damaged; null for nobody.</param>
internal sealed class FeatureCache(string folder, IFeatureExtractor extractor, IProgress<string>? messages = null)
{
    private const int ImagesOfFile = 1024;
    private const int ImagesAtOnce = 8;

    /// <summary>The data set with features in place of pixels.</summary>
    /// <param name="data">The images, which belong to the result from here on.</param>
    /// <param name="settings">Which of its training images are used, and with how many views.</param>
    /// <param name="progress">Counts images and views; null for nobody.</param>
    /// <param name="stop">Stops between batches; what is in a file is kept.</param>
    /// <exception cref="UsageException">There are no original files to cut views from.</exception>
    /// <exception cref="CounterpoiseException">A file cannot be written, or a feature is not a number.</exception>
    internal ImageData Of(
        ImageData data,
        DataSettings settings,
        IProgress<(int Done, int Total)>? progress,
        CancellationToken stop = default
    )
    {
        Libtorch.Require();
        TrainingData.RequireOriginals(data, settings);
        int[] selected = TrainingData.Selected(data, settings);
        FeatureViews? views = settings.Views > 0 ? new FeatureViews(data, settings) : null;
        int total =
            selected.Length
            + data.Test.Count
            + (data.Validation?.Count ?? 0)
            + (views is null ? 0 : views.Images.Count);
        int done = 0;
        string reading = data.Reading?.Identity ?? "";
        var store = new FeatureStore(
            Path.Combine(folder, CacheEntry.Digits(extractor.Identity)),
            extractor.Length,
            messages
        );
        return data with
        {
            Train = With(data.Train, selected, views),
            Test = With(data.Test, Enumerable.Range(0, data.Test.Count)),
            Validation = data.Validation is { } held ? With(held, Enumerable.Range(0, held.Count)) : null,
            FixedNormalisation = null,
            Notes = views is null ? data.Notes : [.. data.Notes, views.Note],
        };

        FeatureImages With(IImageSource images, IEnumerable<int> used, FeatureViews? views = null)
        {
            int[] positions = [.. used];
            UInt128[] digests = Digests(images, positions, reading);
            Complete(images, positions, digests, changes: null);
            if (views is null)
            {
                return new FeatureImages(images, positions, Table(store, digests), extractor.Identity);
            }

            var digestOf = positions.Zip(digests).ToDictionary(pair => pair.First, pair => pair.Second);
            UInt128[] keys = views.Keys(position => digestOf[position]);
            Complete(images, views.Images, keys, views.Changes);
            return new FeatureImages(
                images,
                positions,
                Table(store, [.. digests, .. keys]),
                extractor.Identity,
                views.Images
            );
        }

        // Computes and keeps what is not there yet.
        void Complete(
            IImageSource images,
            IReadOnlyList<int> positions,
            UInt128[] digests,
            Func<UInt128[], BatchAugmentation>? changes
        )
        {
            (UInt128 Digest, int Position)[] missing =
            [
                .. digests.Zip(positions).Where(pair => !store.Has(pair.First)).DistinctBy(pair => pair.First),
            ];
            Count(positions.Count - missing.Length);
            foreach ((UInt128 Digest, int Position)[] chunk in missing.Chunk(ImagesOfFile))
            {
                store.Keep(
                    Array.ConvertAll(chunk, image => image.Digest),
                    Compute(images, chunk, changes, Count, stop)
                );
            }
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

    private float[] Compute(
        IImageSource images,
        (UInt128 Digest, int Position)[] wanted,
        Func<UInt128[], BatchAugmentation>? changes,
        Action<int> count,
        CancellationToken stop
    )
    {
        float[] rows = new float[wanted.Length * extractor.Length];
        (UInt128 Digest, int Position)[][] batches = [.. wanted.Chunk(ImagesAtOnce)];
        var failures = new Exception?[batches.Length];
        var counting = new Lock();
        Parallel.For(
            0,
            batches.Length,
            new ParallelOptions { MaxDegreeOfParallelism = extractor.Threads, CancellationToken = stop },
            (number, state) =>
            {
                try
                {
                    Compute(batches[number], rows.AsSpan(number * ImagesAtOnce * extractor.Length));
                }
                catch (Exception failure)
                {
                    failures[number] = failure;
                    state.Break(); // All before this one are still computed: the first failure is the same each time.
                    return;
                }

                lock (counting)
                {
                    count(batches[number].Length);
                }
            }
        );
        if (failures.FirstOrDefault(failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return rows;

        void Compute((UInt128 Digest, int Position)[] batch, Span<float> features)
        {
            byte[] pixels = FeaturePixels.Read(
                images,
                Array.ConvertAll(batch, image => image.Position),
                extractor.ImageSize,
                changes?.Invoke(Array.ConvertAll(batch, image => image.Digest))
            );
            extractor.Extract(pixels, features[..(batch.Length * extractor.Length)]);
        }
    }
}
