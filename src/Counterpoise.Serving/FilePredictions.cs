namespace Counterpoise.Serving;

/// <summary>Predictions for image files of any number: one batch is decoded while the one before it is classified.</summary>
public static class FilePredictions
{
    private const int MostAtOnce = 64;
    private const int PixelsAtOnce = 1 << 20;

    /// <summary>Classifies files in order. At most two batches are in memory.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="paths">The files; read as they are needed.</param>
    /// <param name="top">How many classes each prediction has.</param>
    /// <param name="prior">The class frequencies to expect; null for those that the classifier takes for granted.</param>
    /// <param name="oneByOne">Whether each is told before the next path is asked for: slower, for paths that come now and then.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>One prediction for each path, in order.</returns>
    public static IEnumerable<ImagePrediction> Of(
        OnnxClassifier classifier,
        IEnumerable<string> paths,
        int top,
        ClassPrior? prior = null,
        bool oneByOne = false,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(paths);
        return Run(classifier, paths, top, prior, oneByOne, stop);
    }

    private static IEnumerable<ImagePrediction> Run(
        OnnxClassifier classifier,
        IEnumerable<string> paths,
        int top,
        ClassPrior? prior,
        bool oneByOne,
        CancellationToken stop
    )
    {
        int size = classifier.Description.Images.Size;
        int atOnce = oneByOne
            ? 1
            : Math.Clamp(PixelsAtOnce / (size * size), Math.Min(Environment.ProcessorCount, MostAtOnce), MostAtOnce);
        var rule = new PredictionRule(classifier.Description, prior);
        using IEnumerator<string[]> chunks = paths.Chunk(atOnce).GetEnumerator();
        var free = new Queue<Batch>([new Batch(classifier, atOnce), new Batch(classifier, atOnce)]);
        var ahead = new Queue<Task<Batch>>();
        ReadNext();
        while (ahead.TryDequeue(out Task<Batch>? next))
        {
            stop.ThrowIfCancellationRequested();
            Batch batch = next.GetAwaiter().GetResult();
            if (!oneByOne)
            {
                ReadNext();
            }

            foreach (ImagePrediction prediction in batch.Classify(top, rule))
            {
                yield return prediction;
            }

            free.Enqueue(batch);
            if (oneByOne)
            {
                ReadNext();
            }
        }

        void ReadNext()
        {
            if (chunks.MoveNext())
            {
                Batch batch = free.Dequeue();
                string[] chunk = chunks.Current;
                ahead.Enqueue(Task.Run(() => batch.Read(chunk, stop), stop));
            }
        }
    }

    /// <summary>Room for the images of one batch.</summary>
    private sealed class Batch(OnnxClassifier classifier, int most)
    {
        private readonly byte[] pixels = new byte[(long)most * classifier.Description.Images.Bytes];
        private readonly float[] probabilities = new float[most * classifier.Description.Classes.Count];
        private readonly string?[] reasons = new string?[most];
        private string[] paths = [];

        internal Batch Read(string[] chunk, CancellationToken stop)
        {
            paths = chunk;
            int each = classifier.Description.Images.Bytes;
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = stop,
            };
            Parallel.For(
                0,
                paths.Length,
                options,
                i => reasons[i] = classifier.Description.Images.Read(paths[i], pixels.AsSpan(i * each, each))
            );
            return this;
        }

        internal IEnumerable<ImagePrediction> Classify(int top, PredictionRule rule)
        {
            int classes = classifier.Description.Classes.Count;
            classifier.Classify(pixels, paths.Length, probabilities);
            for (int i = 0; i < paths.Length; i++)
            {
                if (reasons[i] is { } reason)
                {
                    yield return new ImagePrediction(paths[i], [], reason);
                    continue;
                }

                yield return rule.Of(paths[i], probabilities.AsSpan(i * classes, classes), top);
            }
        }
    }
}
