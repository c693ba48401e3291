using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Runs;
using Counterpoise.Tests;
using Microsoft.Data.Sqlite;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Cli.Tests;

/// <summary>What older versions of the tool wrote is read, gone on with and used; <c>tests/older</c> has it.</summary>
public sealed class OlderVersionsTests : IDisposable
{
    private const int Epochs = 4;
    private const int Begun = 2;

    /// <summary>How far parameters may be apart where the processor rounds otherwise than the one that the files were made on.</summary>
    private const double Rounding = 1e-3;

    private static readonly string[] Told =
    [
        "loss",
        "running_accuracy",
        "learning_rate",
        "accuracy",
        "balanced_accuracy",
        "per_class_accuracy",
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Versions => [.. OlderFiles.Versions];

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// To the bit where this machine computes the bits of the files. Whether it does is seen from the epochs before the interrupt:
    /// other processors, or later arithmetic, need not have the same.
    /// </summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void An_interrupted_run_is_gone_on_with_to_what_an_undisturbed_one_comes_to(string version)
    {
        OlderFiles.Unpack(version, folder.Path);
        string begun = File.ReadAllText(folder["interrupted/metrics.jsonl"]);

        ToolResult resumed = Run("resume interrupted --data images.pack --keep-every 2");
        Run(
            "train interrupted/recipe.toml --data images.pack --threads 1 --device cpu --statistics every=2 --keep-every 2 -o undisturbed"
        );

        Assert.Contains($"resuming after {Begun} epochs and ", resumed.OutputText);
        Assert.StartsWith(begun, File.ReadAllText(folder["interrupted/metrics.jsonl"]), StringComparison.Ordinal);
        Assert.Equal(RunFiles.Checkpoints(folder["undisturbed"]), RunFiles.Checkpoints(folder["interrupted"]));
        Assert.InRange(Apart("interrupted", Begun, "undisturbed", Begun), 0, Rounding);
        Assert.InRange(Apart("interrupted", Epochs, "undisturbed", Epochs), 0, Rounding);
        Assert.InRange(Apart("interrupted", Epochs, "finished", Epochs), 0, Rounding);
        Assert.True(Apart("interrupted", Begun, "interrupted", Epochs) > 10 * Rounding, "Too little was learnt.");
        if (HaveSameBits("interrupted", Begun, "undisturbed"))
        {
            Assert.True(HaveSameBits("interrupted", Epochs, "undisturbed"), "Not the bits of an undisturbed training.");
            Assert.True(HaveSameBits("interrupted", Epochs, "finished"), $"Not the bits that {version} came to.");
            Assert.Equal(Lines("undisturbed"), Lines("interrupted"));
            Assert.Equal(Lines("finished"), Lines("interrupted"));
        }
        else
        {
            TestContext.Current.AddWarning(
                $"This machine has other bits than {version}: up to {Apart("interrupted", Begun, "undisturbed", Begun):G2} "
                    + $"after {Begun} epochs, {Apart("interrupted", Epochs, "undisturbed", Epochs):G2} after {Epochs}."
            );
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_finished_run_is_read_by_every_verb_that_reads_one(string version)
    {
        OlderFiles.Unpack(version, folder.Path);
        JsonObject result = RunFiles.Result(folder["finished"]);

        JsonNode[] runs = [.. Run("runs . --json").Output.Select(line => JsonNode.Parse(line)!)];
        JsonNode listed = Assert.Single(runs, run => Path.GetFileName((string)run["run"]!) == "finished");
        Assert.Equal("finished", (string)listed["state"]!);
        Assert.Equal((double)result["accuracy"]!, (double)listed["accuracy"]!);
        JsonNode evaluated = JsonNode.Parse(Run("evaluate finished --data images.pack --json").OutputText)!;
        foreach (string key in Told.Where(key => key.EndsWith("accuracy", StringComparison.Ordinal)).Skip(1))
        {
            Assert.Equal(result[key]!.ToJsonString(), evaluated[key]!.ToJsonString());
        }

        Assert.Contains("is finished", Run("resume finished").OutputText);
        Run("analyze finished");
        Run("report finished interrupted -o report.html");
        Assert.Contains("mfw+drw", File.ReadAllText(folder["report.html"]));
        Run("export finished --onnx again.onnx");
        AssertPredicts("again.onnx");
        AssertPredicts("finished");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_study_is_gone_on_with_and_what_was_finished_is_not_trained_again(string version)
    {
        OlderFiles.Unpack(version, folder.Path);
        Move(folder["study/study.db"], folder["images.pack"]);
        string finished = File.ReadAllText(folder["study/runs/trial-0000-split-0/result.json"]);

        ToolResult resumed = Run("tune -o study");
        ToolResult again = Run(
            "tune study.toml --data images.pack --over mfw.alpha=0.2,1,5 --statistics off --threads 1 --device cpu -o study --json"
        );

        Assert.DoesNotContain(resumed.Output, line => line.StartsWith("[1/3]", StringComparison.Ordinal));
        Assert.Contains("[2/3] mfw.alpha=1: going on", resumed.Output);
        Assert.Contains(resumed.Output, line => line.StartsWith($"resuming after {Begun} ", StringComparison.Ordinal));
        Assert.Contains("[3/3] mfw.alpha=5: training", resumed.Output);
        Assert.Equal(finished, File.ReadAllText(folder["study/runs/trial-0000-split-0/result.json"]));
        Assert.DoesNotContain(again.Error, line => line.StartsWith('['));
        JsonNode tuned = JsonNode.Parse(Assert.Single(again.Output))!;
        for (int trial = 0; trial < 3; trial++)
        {
            JsonObject result = RunFiles.Result(folder[$"study/runs/trial-000{trial}-split-0"]);
            Assert.Equal(
                (double)result["held_out_balanced_accuracy"]!,
                (double)tuned["trials"]![trial]!["held_out_balanced_accuracy"]!
            );
        }

        Assert.InRange((int)tuned["chosen"]!, 0, 2);
        Assert.True(RunFiles.IsFinished(folder["study/runs/final"]));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_packed_file_has_the_images_that_were_packed(string version)
    {
        OlderFiles.Unpack(version, folder.Path);

        using ImageData data = ImageDataSource.Open(folder["images.pack"], new OpenOptions { ImageSize = 8 });

        Assert.Equal(["blue", "green", "red"], data.Train.Classes);
        AssertImages(data.Train, [24, 12, 6], first: 0);
        AssertImages(data.Test, [4, 4, 4], first: 1000);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_exported_classifier_predicts_what_it_did(string version)
    {
        OlderFiles.Unpack(version, folder.Path);

        AssertPredicts("classifier.onnx");
    }

    /// <summary>Runs the tool where the files are.</summary>
    private ToolResult Run(string command)
    {
        using Tool tool = Tool.Start(command.Split(' '), folder.Path);
        ToolResult result = tool.Finish();
        Assert.True(result.ExitCode == 0, $"{command}: {result}");
        return result;
    }

    private void AssertPredicts(string model)
    {
        JsonNode[] wanted = [.. File.ReadLines(folder["predictions.jsonl"]).Select(line => JsonNode.Parse(line)!)];
        string images = string.Join(' ', wanted.Select(line => (string)line["image"]!));
        JsonNode[] found = [.. Run($"predict {model} {images} --json").Output.Select(line => JsonNode.Parse(line)!)];

        Assert.Equal(wanted.Select(Ranking), found.Select(Ranking));
        Assert.All(
            wanted.SelectMany(Probabilities).Zip(found.SelectMany(Probabilities)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4)
        );
    }

    private static string Ranking(JsonNode prediction) =>
        $"{prediction["image"]}: {string.Join(", ", prediction["top"]!.AsArray().Select(one => one!["class"]))}";

    private static IEnumerable<double> Probabilities(JsonNode prediction) =>
        prediction["top"]!.AsArray().Select(one => (double)one!["probability"]!);

    /// <summary>Images come class by class; their pixels are those of <c>make.py</c>.</summary>
    private static void AssertImages(IImageSource images, int[] counts, int first)
    {
        Assert.Equal(counts.SelectMany((count, label) => Enumerable.Repeat(label, count)), images.Labels);
        using Tensor pixels = images.Read([.. Enumerable.Range(0, images.Count)]);
        IEnumerable<byte> wanted =
            from image in counts.SelectMany((count, label) => Enumerable.Range(first, count).Select(n => (label, n)))
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 8)
            from x in Enumerable.Range(0, 8)
            select Pixel(image.label, image.n, x, y, channel);
        Assert.Equal(wanted, pixels.data<byte>().ToArray());
    }

    private static byte Pixel(int label, int number, int x, int y, int channel) =>
        (byte)(
            (channel == label ? 90 : 40)
            + (((label * 7) + (number * 37) + (x * 11) + (y * 29) + (channel * 53) + (x * y * number)) % 120)
        );

    /// <summary>Tells a study where its data is now, and writes its recipe into a file.</summary>
    private void Move(string database, string data)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM study WHERE key = 'recipe'";
        File.WriteAllText(folder["study.toml"], (string)command.ExecuteScalar()!);
        command.CommandText = "UPDATE study SET value = $data WHERE key = 'data'";
        command.Parameters.AddWithValue("$data", data);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    /// <summary>What was told of each epoch, but for what was measured.</summary>
    private IEnumerable<string> Lines(string run) =>
        RunFiles
            .Metrics(folder[run])
            .Select(line => string.Join(", ", Told.Select(key => $"{key} {line[key]!.ToJsonString()}")));

    private bool HaveSameBits(string run, int epoch, string other) =>
        RunFiles.HaveSameBits(folder[other], folder[run], epoch);

    /// <summary>The largest difference of two checkpoints' tensors.</summary>
    private double Apart(string run, int epoch, string other, int otherEpoch)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> first = Checkpoint.Load(RunFiles.Checkpoint(folder[run], epoch)).Tensors;
        IReadOnlyDictionary<string, Tensor> second = Checkpoint
            .Load(RunFiles.Checkpoint(folder[other], otherEpoch))
            .Tensors;
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), second.Keys.Order(StringComparer.Ordinal));
        double largest = 0;
        foreach ((string name, Tensor tensor) in first)
        {
            Assert.Equal(tensor.shape, second[name].shape);
            largest = Math.Max(largest, (tensor - second[name]).abs().max().to(float64).item<double>());
        }

        foreach (Tensor tensor in first.Values.Concat(second.Values))
        {
            tensor.Dispose();
        }

        return largest;
    }
}
