using Counterpoise.Tests;

[assembly: AssemblyFixture(typeof(Counterpoise.Cli.Tests.Example))]

namespace Counterpoise.Cli.Tests;

/// <summary>A small data set, and a run of MFW with DRW on it that finished undisturbed: what other runs are compared with.</summary>
public sealed class Example : IDisposable
{
    public const int Epochs = 3;
    public const int StepsPerEpoch = 30;
    private readonly TemporaryFolder folder = new();

    public Example()
    {
        ImageSets.WriteFolder(Data, Classes, Counts);
        Finished = Tool.Run([.. Train(Run), "--json"]);
        Assert.True(Finished.ExitCode == 0, Finished.ToString());
    }

    public IReadOnlyList<string> Classes { get; } = ["blue", "green", "red"];

    public IReadOnlyList<int> Counts { get; } = [40, 14, 6];

    public string Data => folder["data"];

    public string Run => folder["runs/finished"];

    public string Runs => folder["runs"];

    /// <summary>What the undisturbed training said, with <c>--json</c>.</summary>
    public ToolResult Finished { get; }

    /// <summary>The command line that trains this run into another folder. Its last epoch has DRW's class weights.</summary>
    public string[] Train(string output) =>
        [
            .. TrainOn(Data, output),
            "--method",
            "mfw+drw",
            "--evaluate-every",
            "1",
            "--set",
            "drw.start=0.5",
            "--seed",
            "3",
        ];

    /// <summary>The command line of a small training on 8x8 images.</summary>
    public static string[] TrainOn(
        string data,
        string output,
        string model = "resnet8",
        int imageSize = 8,
        int batchSize = 2
    ) =>
        [
            "train",
            "--data",
            data,
            "--output",
            output,
            "--model",
            model,
            "--image-size",
            $"{imageSize}",
            "--threads",
            "1",
            "--precision",
            "fp32",
            "--device",
            "cpu",
            "--set",
            $"training.epochs={Epochs}",
            "--set",
            $"training.batch_size={batchSize}",
            "--set",
            "training.warmup=1",
            "--set",
            "training.learning_rate=0.01",
        ];

    /// <summary>Copies the finished run to where it had only done its first two epochs.</summary>
    public void CopyUnfinished(string to)
    {
        RunFiles.Copy(Run, to);
        File.Delete(Path.Combine(to, "result.json"));
        File.Delete(RunFiles.Checkpoint(to, Epochs));
    }

    public void Dispose() => folder.Dispose();
}
