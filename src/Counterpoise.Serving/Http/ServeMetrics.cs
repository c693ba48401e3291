using System.Globalization;
using Prometheus;

namespace Counterpoise.Serving.Http;

/// <summary>What a server counts, in Prometheus' text format.</summary>
internal sealed class ServeMetrics
{
    private readonly CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly Counter requests;
    private readonly Histogram duration;
    private readonly Gauge inProgress;
    private readonly Counter predictions;
    private readonly Histogram batchSize;
    private readonly Histogram batchDuration;

    internal ServeMetrics(IReadOnlyList<string> classes)
    {
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        requests = factory.CreateCounter(
            "counterpoise_requests_total",
            "Requests for predictions by the status they were answered with.",
            "code"
        );
        duration = factory.CreateHistogram(
            "counterpoise_request_seconds",
            "Time from the request's headers to its answer, in seconds.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) }
        );
        inProgress = factory.CreateGauge(
            "counterpoise_requests_in_progress",
            "Requests for predictions being answered."
        );
        predictions = factory.CreateCounter(
            "counterpoise_predictions_total",
            "Images by the class that was the most probable.",
            "class"
        );
        batchSize = factory.CreateHistogram(
            "counterpoise_batch_images",
            "Images that were classified together.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1, 2, 8) }
        );
        batchDuration = factory.CreateHistogram(
            "counterpoise_batch_seconds",
            "Time that classifying a batch took, in seconds.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) }
        );
        foreach (string name in classes)
        {
            predictions.WithLabels(name).Publish(); // A class that is never predicted counts 0 instead of being absent.
        }
    }

    internal void Answered(int status) => requests.WithLabels(status.ToString(CultureInfo.InvariantCulture)).Inc();

    internal void Predicted(string name) => predictions.WithLabels(name).Inc();

    /// <summary>Counts a request until it is disposed of.</summary>
    internal IDisposable Answering() => new Both(inProgress.TrackInProgress(), duration.NewTimer());

    /// <summary>Times a batch until it is disposed of.</summary>
    internal IDisposable Classifying(int images)
    {
        batchSize.Observe(images);
        return batchDuration.NewTimer();
    }

    internal Task Write(Stream output, CancellationToken stop) => registry.CollectAndExportAsTextAsync(output, stop);

    private sealed record Both(IDisposable One, IDisposable Other) : IDisposable
    {
        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }
}
