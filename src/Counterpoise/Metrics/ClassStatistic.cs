using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Metrics;

/// <summary>A number for every class that tells how far training is with it. <see cref="ClassStatistics"/> has them all.</summary>
/// <param name="key">Its key in <c>metrics.jsonl</c>, <c>result.json</c> and <c>--json</c>.</param>
internal abstract class ClassStatistic(string key)
{
    /// <summary>Its key.</summary>
    internal string Key => key;

    /// <summary>How tables of classes show it; null where they do not.</summary>
    internal StatisticColumn? Column { get; init; }

    /// <summary>Whether a network, or a run of an older version, may be without it.</summary>
    internal bool IsOptional { get; init; }

    /// <summary>Begins to take it.</summary>
    internal abstract ClassTally Begin(StatisticsScope scope);
}

/// <summary>A column of a table of classes.</summary>
/// <param name="Title">On the console.</param>
/// <param name="LongTitle">In reports.</param>
/// <param name="Format">Of its numbers.</param>
internal sealed record StatisticColumn(string Title, string LongTitle, string Format);

/// <summary>What is known before the first image.</summary>
/// <param name="Network">The network, in evaluation mode.</param>
/// <param name="Data">The images.</param>
/// <param name="Deviation">How feature deviation is drawn.</param>
/// <param name="Epoch">Completed epochs, which draws belong to.</param>
internal sealed record StatisticsScope(StagedNetwork Network, TrainingData Data, FeatureDeviation Deviation, int Epoch)
{
    /// <summary>The number of classes.</summary>
    internal int Classes => Data.ClassCounts.Count;
}

/// <summary>A statistic while it is taken: of all test images first, then of all training images, class by class.</summary>
internal abstract class ClassTally
{
    /// <param name="labels">[N]: the classes of a batch of test images.</param>
    /// <param name="outputs">What the network says about them.</param>
    /// <param name="map">The last stage's map [N, C, H, W].</param>
    internal virtual void AddTest(int[] labels, Outputs outputs, Tensor map) { }

    /// <summary>All test images are added: takes in what other ranks have of them.</summary>
    internal virtual void EndTest(Ranks ranks) { }

    /// <param name="labels">[N]: the classes of a batch of training images.</param>
    /// <param name="outputs">What the network says about them.</param>
    /// <param name="map">The last stage's map [N, C, H, W].</param>
    internal virtual void AddTrain(int[] labels, Outputs outputs, Tensor map) { }

    /// <summary>All training images are added: takes in what other ranks have of them.</summary>
    internal virtual void EndTrain(Ranks ranks) { }

    /// <summary>One number a class; null for a class without images in question, or as a whole where the network lacks it.</summary>
    /// <param name="train">The training images' classes against the predicted ones.</param>
    /// <param name="test">The same of the test images.</param>
    internal abstract IReadOnlyList<double?>? Values(ConfusionMatrix train, ConfusionMatrix test);
}
