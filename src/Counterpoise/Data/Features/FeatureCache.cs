using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Runtime;
using TorchSharp;

namespace Counterpoise.Data.Features;

/// <summary>
/// Features of images, computed once and kept: each thousand or so in a file that is written whole or not at all, so that
/// what was computed before a kill is not computed again.
/// </summary>
/// <param name="folder">Where they are kept.</param>
/// <param name="extractor">What computes them.</param>
internal sealed class FeatureCache(string folder, IFeatureExtractor extractor)
{
    private const int ImagesOfFile = 1024;
    private const int ImagesAtOnce = 32;

    /// <summary>The data set with features in place of pixels.</summary>
    /// <param name="data">The images, which belong to the result from here on.</param>
    /// <param name="progress">Counts images; null for nobody.</param>
    /// <param name="stop">Stops between batches; what is computed is kept.</param>
    /// <exception cref="CounterpoiseException">A file cannot be written, or a feature is not a number.</exception>
    internal ImageData Of(ImageData data, IProgress<(int Done, int Total)>? progress, CancellationToken stop = default)
    {
        int total = data.Parts.Sum(part => part.Count);
        int done = 0;
        FeatureImages With(IImageSource images)
        {
            var features = new FeatureImages(images, Of(images, Count, stop), extractor.Identity);
            return features;

            void Count(int more)
            {
                done += more;
                progress?.Report((done, total));
            }
        }

        return data with
        {
            Train = With(data.Train),
            Test = With(data.Test),
            Validation = data.Validation is null ? null : With(data.Validation),
            FixedNormalisation = null,
        };
    }

    /// <summary>The features of a part, [N, D], in no dispose scope.</summary>
    private unsafe torch.Tensor Of(IImageSource images, Action<int> count, CancellationToken stop)
    {
        Libtorch.Require();
        string own = Path.Combine(folder, CacheEntry.Digits($"{Fingerprint.Of(images)} {extractor.Identity}"));
        torch.Tensor features = torch.empty(images.Count, extractor.Length).DetachFromDisposeScope();
        try
        {
            var numbers = (float*)TensorMemory.Address(features, torch.float32);
            foreach (int[] positions in Enumerable.Range(0, images.Count).Chunk(ImagesOfFile))
            {
                stop.ThrowIfCancellationRequested();
                string file = Path.Combine(own, $"{positions[0]:D8}.features");
                var rows = new Span<float>(
                    numbers + ((long)positions[0] * extractor.Length),
                    positions.Length * extractor.Length
                );
                if (!Read(file, rows))
                {
                    Compute(images, positions, rows, stop);
                    Folders.Make(own, "Give the run another folder.");
                    Write(file, rows);
                }

                count(positions.Length);
            }

            return features;
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    private void Compute(IImageSource images, int[] positions, Span<float> rows, CancellationToken stop)
    {
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
            int count = Math.Min(ImagesAtOnce, positions.Length - done);
            extractor.Extract(pixels, rows.Slice(done * extractor.Length, count * extractor.Length));
            done += count;
        }
    }

    /// <summary>Reads a file, if it is there and whole.</summary>
    private static bool Read(string file, Span<float> rows)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        try
        {
            byte[] content = File.ReadAllBytes(file);
            Span<byte> bytes = MemoryMarshal.AsBytes(rows);
            ReadOnlySpan<byte> kept = content.AsSpan(Math.Min(content.Length, SHA256.HashSizeInBytes));
            if (
                kept.Length != bytes.Length
                || !SHA256.HashData(kept).AsSpan().SequenceEqual(content.AsSpan(0, SHA256.HashSizeInBytes))
            )
            {
                return false; // Damaged: it is made anew.
            }

            kept.CopyTo(bytes);
            return true;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
    }

    private static void Write(string file, Span<float> rows)
    {
        byte[] bytes = MemoryMarshal.AsBytes(rows).ToArray();
        AtomicFile.Write(
            file,
            stream =>
            {
                stream.Write(SHA256.HashData(bytes));
                stream.Write(bytes);
            }
        );
    }
}
