namespace Counterpoise.Runs;

/// <summary>The names of what is in a run folder.</summary>
internal static class RunFiles
{
    /// <summary>What the run was started with; written last, it makes the folder a run.</summary>
    internal const string Description = "run.json";

    internal const string Recipe = "recipe.toml";

    /// <summary>A line an epoch.</summary>
    internal const string Metrics = "metrics.jsonl";

    /// <summary>Statistics that were taken from kept checkpoints after training.</summary>
    internal const string Statistics = "statistics.jsonl";

    /// <summary>What a finished run came to.</summary>
    internal const string Result = "result.json";

    /// <summary>Of training images, what classifiers that have not seen them say.</summary>
    internal const string OutOfFold = "out-of-fold.csv";

    /// <summary>What the network at the end says of the test images.</summary>
    internal const string TestPredictions = "test-predictions.csv";

    /// <summary>What the network at the end says of the held-out images, where they are no fold.</summary>
    internal const string HeldOutPredictions = "held-out-predictions.csv";

    internal const string Log = "log.txt";

    internal const string Checkpoints = "checkpoints";

    internal const string Figures = "figures";

    /// <summary>Pictures of mistakes.</summary>
    internal const string Examples = "examples";
}
