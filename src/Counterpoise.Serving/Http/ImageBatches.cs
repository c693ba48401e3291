using System.Collections.Concurrent;
using Counterpoise.Basics;
using Counterpoise.Results.Export;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Serving.Http;

/// <summary>Gathers images of several requests and classifies them together, one batch after the other.</summary>
internal sealed class ImageBatches : IAsyncDisposable
{
    private readonly OnnxClassifier classifier;
    private readonly ServeOptions options;
    private readonly ServeMetrics metrics;
    private readonly BlockingCollection<Item> waiting = [];
    private readonly byte[] pixels;
    private readonly float[] probabilities;
    private readonly Task worker;
    private int beingDecoded;

    /// <exception cref="UsageException">A whole batch takes more memory than an array can have.</exception>
    internal ImageBatches(OnnxClassifier classifier, ServeOptions options, ServeMetrics metrics)
    {
        this.classifier = classifier;
        this.options = options;
        this.metrics = metrics;
        ClassifierDescription served = classifier.Description;
        int most = Array.MaxLength / Math.Max(served.Images.Bytes, served.Classes.Count);
        if (options.MostInBatch > most)
        {
            throw new UsageException(
                $"{Named("mostInBatch")} is {options.MostInBatch}, expected at most {most} for images of {served.Images.Size}x{served.Images.Size} and {served.Classes.Count} classes."
            );
        }

        pixels = new byte[options.MostInBatch * served.Images.Bytes];
        probabilities = new float[options.MostInBatch * served.Classes.Count];
        worker = Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning);
    }

    /// <summary>Announces an image: a batch waits a little for it.</summary>
    internal void Announce() => Interlocked.Increment(ref beingDecoded);

    /// <summary>Takes back what was announced and does not come.</summary>
    internal void Withdraw() => Interlocked.Decrement(ref beingDecoded);

    /// <summary>Classifies an image that was announced.</summary>
    /// <param name="pixels">[3, size, size]; it is read until the task ends.</param>
    /// <returns>The probability of every class.</returns>
    internal Task<float[]> Classify(byte[] pixels)
    {
        var item = new Item(pixels);
        waiting.Add(item);
        Interlocked.Decrement(ref beingDecoded);
        return item.Result.Task;
    }

    /// <summary>Classifies what is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.CompleteAdding();
        await worker;
        waiting.Dispose();
    }

    private void Work()
    {
        int each = classifier.Description.Images.Bytes;
        int classes = classifier.Description.Classes.Count;
        var batch = new List<Item>(options.MostInBatch);
        while (waiting.TryTake(out Item? first, Timeout.Infinite))
        {
            batch.Add(first);
            Gather(batch);
            for (int i = 0; i < batch.Count; i++)
            {
                batch[i].Pixels.AsSpan(0, each).CopyTo(pixels.AsSpan(i * each));
            }

            Classify(batch, classes);
            batch.Clear();
        }
    }

    /// <summary>Takes what else is waiting, and for a moment what is being decoded.</summary>
    private void Gather(List<Item> batch)
    {
        long until = Environment.TickCount64 + (long)options.BatchWindow.TotalMilliseconds;
        while (batch.Count < options.MostInBatch)
        {
            bool more = Volatile.Read(ref beingDecoded) > 0;
            int wait = more ? (int)Math.Max(0, until - Environment.TickCount64) : 0;
            if (!waiting.TryTake(out Item? item, wait))
            {
                return;
            }

            batch.Add(item);
        }
    }

    private void Classify(List<Item> batch, int classes)
    {
        try
        {
            using (metrics.Classifying(batch.Count))
            {
                classifier.Classify(pixels, batch.Count, probabilities);
            }
        }
        catch (Exception failure)
        {
            // The requests fail; the server goes on.
            batch.ForEach(item => item.Result.TrySetException(failure));
            return;
        }

        for (int i = 0; i < batch.Count; i++)
        {
            float[] row = probabilities.AsSpan(i * classes, classes).ToArray();
            batch[i].Result.TrySetResult(row);
        }
    }

    private sealed record Item(byte[] Pixels)
    {
        internal TaskCompletionSource<float[]> Result { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
