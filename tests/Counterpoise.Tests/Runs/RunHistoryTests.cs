using Counterpoise.Runs;

namespace Counterpoise.Tests.Runs;

public sealed class RunHistoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string RunPath => folder["a run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Everything_in_the_folder_is_read()
    {
        RunHistory run = RunHistory.Read(WrittenRun.Of("mfw", seed: 3).Write(RunPath));

        Assert.Equal(("a run", "mfw", 3UL), (run.Name, run.Method, run.Recipe.Seed));
        Assert.Equal(["rare", "common", "middling"], run.Classes);
        Assert.Equal([5, 500, 50], run.ClassCounts);
        Assert.Equal([1, 2, 0], run.BySize);
        Assert.Equal(("pictures", "f00d", "a machine"), (run.Origin.Data, run.Origin.Fingerprint, run.Origin.Machine));
        Assert.Equal([1, 2, 3, 4], run.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal([1.0, 0.5], run.Epochs.Take(2).Select(epoch => epoch.Loss!.Value));
        Assert.True(run.IsFinished);
        Assert.Equal([50.0, 60, 70], run.Test!.PerClass);
        Assert.Equal([12.0, 4, null], run.Statistics!.FeatureDeviation!);
        Assert.Null(run.Statistics.WeightNorm);
        Assert.Equal((0, 1, 6), run.Statistics.Confusion![1]);
        Assert.Equal(
            [(0.5, 0.4), (0.9, 0.8)],
            run.Statistics.Calibration!.Select(bin => (bin.Confidence, bin.Accuracy))
        );
        Assert.Equal(new RecordedError(17, 0, 1, 0.98), run.Statistics.Errors![0]);
    }

    [Fact]
    public void The_most_frequent_mistakes_come_first_with_their_share_of_the_class()
    {
        RunHistory run = RunHistory.Read(new WrittenRun().Write(RunPath));

        Assert.Equal(
            [(0, 1, 6, 0.6), (1, 2, 1, 0.1)],
            run.Statistics!.TopConfusions(5).Select(c => (c.Label, c.Predicted, c.Images, c.Share))
        );
        Assert.Single(run.Statistics.TopConfusions(1));
    }

    [Fact]
    public void A_run_without_statistics_lacks_them_and_nothing_else()
    {
        RunHistory run = RunHistory.Read(new WrittenRun { WithStatistics = false }.Write(RunPath));

        Assert.Null(run.Statistics);
        Assert.Equal([70.0, 99, 80], run.TrainPerClass!);
        Assert.Equal([50.0, 60, 70], run.Test!.PerClass);
    }

    [Fact]
    public void An_unfinished_run_has_the_numbers_so_far()
    {
        RunHistory run = RunHistory.Read(new WrittenRun { Finished = false }.Write(RunPath));

        Assert.False(run.IsFinished);
        Assert.Equal((2, 4), (run.Epochs.Count, run.PlannedEpochs));
        Assert.Equal([25.0, 30, 35], run.Test!.PerClass);
    }

    [Fact]
    public void A_diverged_loss_is_not_a_number_but_no_damage()
    {
        new WrittenRun().Write(RunPath);
        Replace("metrics.jsonl", "\"loss\":0.5", "\"loss\":\"NaN\"");

        Assert.True(double.IsNaN(RunHistory.Read(RunPath).Epochs[1].Loss!.Value));
    }

    [Theory]
    [InlineData(
        "metrics.jsonl",
        "\"loss\":0.5",
        "\"loss\":\"low\"",
        "line 2",
        "'loss' is \"low\"",
        "expected a number"
    )]
    [InlineData("metrics.jsonl", "{\"epoch\":2", "{\"epoch\":2,,", "line 2", "not a JSON object")]
    [InlineData("metrics.jsonl", "\"epoch\":2,", "", "line 2", "lacks 'epoch'")]
    [InlineData("metrics.jsonl", "[0.2,4,1]", "[0.2,4]", "line 2", "'classification_ratio'", "list of 2", "expected 3")]
    [InlineData("metrics.jsonl", "[0,1,6]", "[0,9,6]", "'confusion'", "labels below 3")]
    [InlineData("metrics.jsonl", "[0,1,6]", "[0,1]", "'confusion'", "three whole numbers")]
    [InlineData("run.json", "[5,500,50]", "[5,500]", "'class_counts'", "expected 3")]
    [InlineData("run.json", "\"classes\":", "\"klasses\":", "lacks 'classes'")]
    [InlineData("result.json", "\"epochs\":4", "\"epochs\":-4", "'epochs' is -4", "whole number")]
    public void Damage_is_named_with_file_line_and_key(string file, string text, string damaged, params string[] named)
    {
        new WrittenRun().Write(RunPath);
        Replace(file, text, damaged);

        var error = Assert.Throws<CounterpoiseException>(() => RunHistory.Read(RunPath));

        Assert.All(
            named.Append(Path.Combine(RunPath, file)),
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
    }

    private void Replace(string file, string text, string with)
    {
        string path = Path.Combine(RunPath, file);
        string content = File.ReadAllText(path);
        Assert.Contains(text, content);
        File.WriteAllText(path, content.Replace(text, with, StringComparison.Ordinal));
    }
}
