using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Metrics;
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

        Assert.Equal((RunPath, "mfw", 3UL), (run.Path, run.Recipe.MethodNames, run.Recipe.Seed));
        Assert.Equal(["rare", "common", "middling"], run.Classes);
        Assert.Equal([5, 500, 50], run.ClassCounts);
        Assert.Equal([1, 2, 0], run.BySize);
        Assert.Equal(
            ("pictures", "f00d", "a machine"),
            (run.Description.DataName, run.Description.Fingerprint, run.Description.Machine)
        );
        Assert.Equal([1, 2, 3, 4], run.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal([1.0, 0.5], run.Epochs.Take(2).Select(epoch => epoch.Loss));
        Assert.NotNull(run.Result);
        Assert.Equal([50.0, 60, 70], run.Test!.PerClassAccuracy);
        Assert.Equal([12.0, 4, null], run.Statistics!.FeatureDeviation!);
        Assert.Null(run.Statistics.WeightNorm);
        Assert.Equal(6, run.Statistics.Confusion[0, 1]);
        Assert.Equal(4, run.Studied!.Epoch);
        Assert.Equal(
            [(0.5, 0.25), (0.75, 0.75)],
            run.Statistics.Calibration.Bins.Select(bin => (bin.Confidence, bin.Accuracy))
        );
        Assert.Equal(new Mistake(17, 0, 1, 0.98), run.Statistics.Mistakes[0]);
    }

    [Fact]
    public void The_most_frequent_mistakes_come_first_with_their_share_of_the_class()
    {
        RunHistory run = RunHistory.Read(new WrittenRun().Write(RunPath));

        Assert.Equal(
            [(0, 1, 6, 0.6), (1, 2, 1, 0.1)],
            run.Statistics!.Confusion.Top(5).Select(c => (c.Label, c.Predicted, c.Images, c.Share))
        );
        Assert.Single(run.Statistics.Confusion.Top(1));
    }

    [Fact]
    public void A_run_without_statistics_lacks_them_and_nothing_else()
    {
        RunHistory run = RunHistory.Read(new WrittenRun { WithStatistics = false }.Write(RunPath));

        Assert.Null(run.Statistics);
        Assert.Equal([70.0, 99, 80], run.TrainPerClassAccuracy!);
        Assert.Equal([50.0, 60, 70], run.Test!.PerClassAccuracy);
    }

    [Fact]
    public void An_unfinished_run_has_the_numbers_so_far()
    {
        RunHistory run = RunHistory.Read(new WrittenRun { Finished = false }.Write(RunPath));

        Assert.Null(run.Result);
        Assert.Equal((2, 4), (run.Epochs.Count, run.PlannedEpochs));
        Assert.Equal([25.0, 30, 35], run.Test!.PerClassAccuracy);
    }

    [Fact]
    public void Statistics_are_written_as_they_were_read()
    {
        new WrittenRun().Write(RunPath);
        JsonNode line = JsonNode.Parse(File.ReadLines(Path.Combine(RunPath, "metrics.jsonl")).First())!;
        JsonObject written = RunHistory.Read(RunPath).Epochs[0].Statistics!.ToJson();

        // It follows from the confusion matrix.
        Assert.True(written.Remove("test_classification_ratio"));
        line["statistics"]!.AsObject().Remove("test_classification_ratio");
        Assert.True(JsonNode.DeepEquals(line["statistics"], written), written.ToJsonString());
    }

    [Fact]
    public void Statistics_taken_from_checkpoints_later_fill_in_for_epochs_without()
    {
        new WrittenRun().Write(folder["other"]);
        new WrittenRun { WithStatistics = false }.Write(RunPath);
        File.WriteAllLines(
            Path.Combine(RunPath, "statistics.jsonl"),
            File.ReadLines(Path.Combine(folder["other"], "metrics.jsonl")).Skip(1).Take(1)
        );

        RunHistory run = RunHistory.Read(RunPath);

        Assert.Equal(2, run.Studied!.Epoch);
        Assert.Equal([6.0, 2, null], run.Statistics!.FeatureDeviation);
        Assert.Null(run.Epochs[0].Statistics);
        Assert.Equal([50.0, 60, 70], run.Test!.PerClassAccuracy);
    }

    [Fact]
    public void A_phase_without_epochs_leaves_a_result_that_differs_from_the_last_epoch()
    {
        new WrittenRun().Write(RunPath);
        Replace("result.json", "[12,4,null]", "[1,2,3]");

        RunHistory run = RunHistory.Read(RunPath);

        Assert.Equal([1.0, 2, 3], run.Statistics!.FeatureDeviation);
        Assert.Equal([12.0, 4, null], run.Epochs[^1].Statistics!.FeatureDeviation);
    }

    [Fact]
    public void A_diverged_loss_is_not_a_number_but_no_damage()
    {
        new WrittenRun().Write(RunPath);
        Replace("metrics.jsonl", "\"loss\":0.5", "\"loss\":\"NaN\"");

        Assert.True(double.IsNaN(RunHistory.Read(RunPath).Epochs[1].Loss));
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
    [InlineData(
        "metrics.jsonl",
        "[0.2,15,1]",
        "[0.2,15]",
        "line 2",
        "'classification_ratio'",
        "list of 2",
        "expected 3"
    )]
    [InlineData("metrics.jsonl", "[0,1,6]", "[0,9,6]", "'confusion'", "labels below 3")]
    [InlineData("metrics.jsonl", "[0,1,6]", "[0,0,6]", "'confusion'", "no pair twice")]
    [InlineData("metrics.jsonl", "[0,1,6]", "[0,1]", "'confusion'", "three whole numbers")]
    [InlineData("metrics.jsonl", "\"confidence\":0.98", "\"confidence\":\"high\"", "'errors' 1", "'confidence'")]
    [InlineData("metrics.jsonl", "\"train_entropy\":", "\"entropy\":", "'statistics'", "lacks 'train_entropy'")]
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
