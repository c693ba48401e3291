using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Runs;

namespace Counterpoise.Results;

/// <summary>Looks at the networks of a run folder after training, from its kept checkpoints.</summary>
internal static class CheckpointAnalysis
{
    /// <summary>Takes the statistics of every kept checkpoint between epochs and writes them beside the metrics.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="data">The data it was trained on.</param>
    /// <param name="deviation">How feature deviation is drawn.</param>
    /// <param name="done">Called with each epoch that is done.</param>
    /// <param name="stop">Stops between batches; what was written before stays.</param>
    /// <exception cref="CounterpoiseException">There is no checkpoint, or one is damaged.</exception>
    public static void Recompute(
        RunFolder folder,
        TrainingData data,
        FeatureDeviation deviation,
        Action<int> done,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(done);
        CheckpointNetwork.RequireFit(folder, data.Test);
        _ = CheckpointEvaluation.LastCheckpoint(folder);
        List<JsonObject> lines = [];
        foreach (CheckpointFile file in folder.Checkpoints.Where(file => file.Step == 0))
        {
            using var run = new CheckpointNetwork(folder, file.Path);
            var pass = new StatisticsPass(run.Network, data, run.Input) { Deviation = deviation };
            TrainingStatistics statistics = pass.Run(run.Epoch, stop);
            JsonObject line = new() { ["epoch"] = run.Epoch };
            foreach ((string key, JsonNode? value) in statistics.Test.ToJson())
            {
                line[key] = value?.DeepClone();
            }

            line[TrainingStatistics.Key] = statistics.ToJson();
            lines.Add(line);
            done(run.Epoch);
        }

        folder.WriteStatistics(lines);
    }

    /// <summary>The features of training and test images of some classes.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="data">The data it was trained on.</param>
    /// <param name="classes">The classes' labels.</param>
    /// <param name="most">Images of a class at most, of each part: the first ones in the part's order.</param>
    /// <param name="checkpoint">The checkpoint file; null for the last one.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>Training images first, each part in the order of the classes.</returns>
    /// <exception cref="CounterpoiseException">There is no checkpoint, or it is damaged.</exception>
    public static IReadOnlyList<ImageFeatures> Features(
        RunFolder folder,
        TrainingData data,
        IReadOnlyList<int> classes,
        int most,
        string? checkpoint = null,
        CancellationToken stop = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(data);
        CheckpointNetwork.RequireFit(folder, data.Test);
        using var run = new CheckpointNetwork(folder, checkpoint ?? CheckpointEvaluation.LastCheckpoint(folder));
        List<ImageFeatures> found = [];
        foreach ((IImageSource images, bool isTest) in new[] { (data.Train, false), (data.Test, true) })
        {
            int[] order =
            [
                .. classes.SelectMany(label =>
                    Enumerable.Range(0, images.Count).Where(i => images.Labels[i] == label).Take(most)
                ),
            ];
            NetworkPass.Run(
                run.Network,
                images,
                order,
                run.Input,
                (positions, map) =>
                {
                    Outputs outputs = Outputs.Of(run.Network.Head, map);
                    found.AddRange(
                        positions.Select(
                            (position, i) => new ImageFeatures(outputs.Features[i], images.Labels[position], isTest)
                        )
                    );
                },
                stop
            );
        }

        return found;
    }
}

/// <summary>What a network makes of an image before the classifier.</summary>
/// <param name="Features">f(x), [D]: the mean of the last map over its places.</param>
/// <param name="Label">The image's class.</param>
/// <param name="IsTest">Whether it is a test image.</param>
internal sealed record ImageFeatures(float[] Features, int Label, bool IsTest);
