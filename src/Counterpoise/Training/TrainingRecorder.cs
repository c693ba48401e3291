using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Metrics;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Training;

/// <summary>What a training keeps: the first rank writes it into the run folder, the others write nothing.</summary>
/// <param name="folder">The run folder, opened for writing; null on ranks other than the first.</param>
/// <param name="ranks">Those that train together.</param>
/// <param name="keepEvery">Keep the checkpoint of every so many epochs, besides the last two; null keeps the last two alone.</param>
internal sealed class TrainingRecorder(RunFolder? folder, Ranks ranks, int? keepEvery)
{
    /// <summary>The folder, on the first rank.</summary>
    internal RunFolder? Folder { get; } = folder;

    /// <summary>The file of the last checkpoint, or empty; every rank reads it itself.</summary>
    internal string LastCheckpoint { get; } =
        ranks.FromFirst(folder?.Checkpoints is [.., var last] ? Path.GetFullPath(last.Path) : "");

    /// <summary>The file of the newest checkpoint, for an error message.</summary>
    internal string NewestCheckpoint => Folder?.Checkpoints is [.., var last] ? last.Path : "none yet";

    /// <summary>Forgets the metrics of epochs after a checkpoint.</summary>
    internal void CutMetrics(long bytes) => Folder?.CutMetrics(bytes);

    /// <returns>The length of the metrics, in bytes.</returns>
    internal long AppendMetrics(JsonObject line) => Folder?.AppendMetrics(line) ?? 0;

    internal void SaveExamples(IEnumerable<int> images, Func<int, byte[]> png) => Folder?.SaveExamples(images, png);

    /// <summary>Keeps what classifiers say of training images that they have not seen.</summary>
    internal void SaveOutOfFold(PredictedImages said)
    {
        if (Folder is not null)
        {
            AtomicFile.WriteText(Path.Combine(Folder.Path, RunFiles.OutOfFold), said.Csv());
        }
    }

    /// <summary>Keeps what the network at the end says of test images and held-out ones.</summary>
    /// <param name="found">What was found at the end.</param>
    /// <param name="isFold">Whether those held out are a fold.</param>
    /// <param name="tell">Receives what is not kept.</param>
    internal void SavePredictions(ExaminationResult found, bool isFold, Action<string> tell)
    {
        if (Folder is null)
        {
            return;
        }

        Save(RunFiles.TestPredictions, found.SaidOfTest, found.Test);
        Save(isFold ? RunFiles.OutOfFold : RunFiles.HeldOutPredictions, found.SaidOfHeldOut, found.HeldOut);

        void Save(string name, PredictedImages? said, ClassificationMetrics? metrics)
        {
            if (said is { FitFile: true })
            {
                AtomicFile.WriteText(Path.Combine(Folder.Path, name), said.Csv());
            }
            else if (metrics is not null)
            {
                tell($"{name} is not written: images times classes are more than {PredictedImages.MostInFile}");
            }
        }
    }

    internal void Save(TrainingState state)
    {
        Folder?.Save(state.ToCheckpoint());
        Folder?.Prune(keepLast: 2, keepEvery: keepEvery);
    }

    /// <summary>Writes how the training ended.</summary>
    internal void WriteResult(
        Recipe recipe,
        TrainingData data,
        ExaminationResult? after,
        ClassificationMetrics? train
    ) => Folder?.WriteResult(TrainingResult.Of(recipe, data, Folder, after, train));

    /// <summary>Whether the last line of metrics has a part, on every rank.</summary>
    internal bool LastMetricsHave(string key) =>
        ranks.Any(Folder?.ReadMetrics().LastOrDefault()?.ContainsKey(key) ?? false);
}
