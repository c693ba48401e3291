using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Runs;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string RunPath => folder["runs/x"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_created_run_can_be_opened()
    {
        using (RunFolder run = Create())
        {
            Assert.Null(run.Result);
            Assert.True(Directory.Exists(run.FiguresPath));
            run.WriteResult(new JsonObject { ["accuracy"] = 0.5 });
        }

        using var opened = RunFolder.Open(RunPath, write: false);
        Assert.Equal("seed = 1\n", opened.Recipe);
        Assert.Equal("abc", opened.Description.Source);
        Assert.StartsWith("counterpoise ", opened.Description.WrittenBy, StringComparison.Ordinal);
        Assert.Equal(0.5, opened.Result!["accuracy"]!.GetValue<double>());
        Assert.Empty(opened.ReadMetrics());
        Assert.Empty(opened.Checkpoints);
        Assert.Throws<InvalidOperationException>(() => opened.WriteResult([]));
    }

    [Fact]
    public void A_folder_that_holds_something_is_left_alone()
    {
        Directory.CreateDirectory(RunPath);
        File.WriteAllText(Path.Combine(RunPath, "recipe.toml"), "mine");
        Assert.Contains("is not empty (it holds 'recipe.toml')", CreateFails(RunPath));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(RunPath, "recipe.toml")));
        Assert.Single(Directory.GetFileSystemEntries(RunPath));
        Assert.Contains("is a file", CreateFails(Path.Combine(RunPath, "recipe.toml")));
    }

    [Fact]
    public void A_run_is_not_created_over_another()
    {
        Create().Dispose();
        Assert.Equal(
            $"{RunPath}: holds a run already. Resume it, delete the folder, or choose another output.",
            CreateFails(RunPath)
        );
    }

    [Fact]
    public void A_creation_that_was_killed_does_not_keep_the_next_from_the_folder()
    {
        Create().Dispose();
        File.Move(Path.Combine(RunPath, "run.json"), Path.Combine(RunPath, "run.json.0123.tmp"));
        Create().Dispose();
        RunFolder.Open(RunPath, write: true).Dispose();
        Assert.Empty(Directory.GetFiles(RunPath, "*.tmp"));
    }

    [Fact]
    public void Checkpoints_without_their_run_are_not_taken_over()
    {
        using (RunFolder run = Create())
        {
            Save(run, 1);
        }

        File.Delete(Path.Combine(RunPath, "run.json"));
        File.Delete(MetricsPath);
        Assert.Contains("is not empty (it holds 'checkpoints')", CreateFails(RunPath));
    }

    [Fact]
    public void A_failed_creation_leaves_nothing()
    {
        using var disk = new FullDisk();
        disk.Fill();
        string message = CreateFails(disk["runs/x"]);
        Assert.Contains("the disk is full", message);
        Assert.False(Directory.Exists(disk["runs"]));

        Directory.CreateDirectory(disk["there"]);
        _ = CreateFails(disk["there"]);
        Assert.Empty(Directory.GetFileSystemEntries(disk["there"]));
    }

    [Fact]
    public void A_run_below_a_file_is_refused()
    {
        File.WriteAllText(folder["file"], "");
        Assert.StartsWith(folder["file/x"], CreateFails(folder["file/x"]));
    }

    [Fact]
    public void A_second_writer_is_told_who_the_first_is()
    {
        string wanted =
            $"{RunPath}: is being written by process {Environment.ProcessId}. Wait for it or choose another output.";
        using (Create())
        {
            Assert.Equal(wanted, OpenFails(write: true));
            RunFolder.Open(RunPath, write: false).Dispose();
        }

        using (RunFolder.Open(RunPath, write: true))
        {
            Assert.Equal(wanted, OpenFails(write: true));
        }
    }

    [Fact]
    public void Who_looks_sees_whether_a_run_is_being_written_and_never_keeps_a_writer_out()
    {
        Assert.False(RunFolder.IsBeingWritten(RunPath));
        using (Create())
        {
            Assert.True(RunFolder.IsBeingWritten(RunPath));
        }

        Assert.False(RunFolder.IsBeingWritten(RunPath));
        using var stop = new CancellationTokenSource();
        var looking = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                RunFolder.IsBeingWritten(RunPath);
            }
        });
        looking.Start();
        try
        {
            for (int time = 0; time < 200; time++)
            {
                RunFolder.Open(RunPath, write: true).Dispose();
            }
        }
        finally
        {
            stop.Cancel();
            looking.Join();
        }
    }

    [Fact]
    public void The_lock_ends_with_the_process_that_has_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "There is no flock here.");
        Create().Dispose();
        string[] command = ["--no-fork", Path.Combine(RunPath, ".lock"), "sleep", "60"];
        using Process other = Process.Start("/usr/bin/flock", command);
        try
        {
            Assert.True(
                SpinWait.SpinUntil(() => !CanWrite(), TimeSpan.FromMinutes(2)),
                "The other process got no lock."
            );
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }

        RunFolder.Open(RunPath, write: true).Dispose();
    }

    [Theory]
    [InlineData(null, "is not a run folder: it has no run.json")]
    [InlineData("{", "damaged: expected a JSON object. Start a new run")]
    [InlineData("[]", "damaged: expected a JSON object. Start a new run")]
    [InlineData("null", "damaged: expected a JSON object. Start a new run")]
    [InlineData("""{"format":1,"format":1}""", "damaged: expected a JSON object. Start a new run")]
    [InlineData("{}", "has no whole number 'format', expected 1")]
    [InlineData("""{"format":"1"}""", "has no whole number 'format', expected 1")]
    [InlineData(
        """{"format":2,"written_by":"counterpoise 3.4.5"}""",
        "has format 2, expected 1. Use counterpoise 3.4.5,"
    )]
    [InlineData("""{"format":0}""", "has format 0, expected 1. Use the version of counterpoise that wrote it,")]
    public void A_folder_of_another_kind_or_version_is_refused(string? content, string fault)
    {
        Directory.CreateDirectory(RunPath);
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(RunPath, "run.json"), content);
        }

        Assert.Contains(fault, OpenFails(write: false));
        Assert.Contains(fault, OpenFails(write: true));
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Assert.Equal($"{RunPath}: does not exist, expected a run folder. Check the path.", OpenFails(write: false));

    [Fact]
    public void Metrics_are_cut_back_to_a_checkpoint()
    {
        using RunFolder run = Create();
        long first = run.AppendMetrics(new JsonObject { ["epoch"] = 1, ["loss"] = 1.0 / 3 });
        _ = run.AppendMetrics(new JsonObject { ["epoch"] = 2, ["loss"] = double.NaN });
        Assert.Equal(1.0 / 3, run.ReadMetrics().First()["loss"]!.GetValue<double>());
        Assert.Equal("NaN", run.ReadMetrics().Last()["loss"]!.GetValue<string>());

        run.CutMetrics(first);
        Assert.Single(run.ReadMetrics());
        Assert.Equal(first, new FileInfo(MetricsPath).Length);
        foreach (long wrong in new[] { first - 1, first + 1 })
        {
            string message = Assert.Throws<CounterpoiseException>(() => run.CutMetrics(wrong)).Message;
            Assert.Contains($"no line that ends at byte {wrong}", message);
        }

        run.CutMetrics(0);
        Assert.Empty(run.ReadMetrics());
    }

    [Fact]
    public void A_torn_last_line_is_ignored_and_cut_by_the_next_writer()
    {
        long complete;
        using (RunFolder run = Create())
        {
            complete = run.AppendMetrics(new JsonObject { ["epoch"] = 1 });
        }

        File.AppendAllText(MetricsPath, "{\"epoch\":2}");
        using (var reader = RunFolder.Open(RunPath, write: false))
        {
            Assert.Single(reader.ReadMetrics());
        }

        using var writer = RunFolder.Open(RunPath, write: true);
        Assert.Equal(complete, new FileInfo(MetricsPath).Length);
        writer.AppendMetrics(new JsonObject { ["epoch"] = 2 });
        Assert.Equal([1, 2], writer.ReadMetrics().Select(line => line["epoch"]!.GetValue<int>()));
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        using RunFolder run = Create();
        File.WriteAllText(MetricsPath, "{}\nx\n{}\n");
        string message = Assert.Throws<CounterpoiseException>(() => run.ReadMetrics().Count()).Message;
        Assert.StartsWith($"{MetricsPath}: line 2 is not a JSON object", message);
    }

    [Fact]
    public void A_line_that_does_not_fit_on_the_disk_leaves_the_metrics_as_they_were()
    {
        using var disk = new FullDisk();
        using var run = RunFolder.Create(disk["x"], "", new RunDescription());
        long before = run.AppendMetrics(new JsonObject { ["epoch"] = 1 });
        disk.Fill();
        var line = new JsonObject { ["text"] = new string('x', 10_000) };
        Assert.Contains("disk is full", Assert.Throws<CounterpoiseException>(() => run.AppendMetrics(line)).Message);
        Assert.Equal(before, new FileInfo(Path.Combine(disk["x"], "metrics.jsonl")).Length);
    }

    [Fact]
    public void Checkpoints_are_listed_in_order_and_other_files_are_ignored()
    {
        using RunFolder run = Create();
        Save(run, 10_000);
        Save(run, 2, 1_000_000);
        Save(run, 2, 30);
        Save(run, 2);
        Save(run, 1);
        string checkpoints = Path.Combine(RunPath, "checkpoints");
        File.WriteAllText(Path.Combine(checkpoints, "epoch-0003.safetensors.0123.tmp"), "");
        File.WriteAllText(Path.Combine(checkpoints, "notes.txt"), "");
        Assert.Equal([(1, 0), (2, 0), (2, 30), (2, 1_000_000), (10_000, 0)], Listed(run));
        Assert.Equal("epoch-0002-step-000030.safetensors", Path.GetFileName(run.Checkpoints[2].Path));
    }

    [Fact]
    public void Pruning_keeps_the_last_ones_and_every_nth()
    {
        using RunFolder run = Create();
        for (int epoch = 1; epoch <= 7; epoch++)
        {
            Save(run, epoch);
            Save(run, epoch, 5);
        }

        run.Prune(keepLast: 2, keepEvery: 3);
        Assert.Equal([(3, 0), (6, 0), (7, 0), (7, 5)], Listed(run));
        Save(run, 8);
        run.Prune();
        Assert.Equal([(7, 0), (8, 0)], Listed(run));
    }

    private string MetricsPath => Path.Combine(RunPath, "metrics.jsonl");

    private RunFolder Create() => RunFolder.Create(RunPath, "seed = 1\n", new RunDescription { Source = "abc" });

    private static string CreateFails(string path) =>
        Assert.Throws<CounterpoiseException>(() => RunFolder.Create(path, "", new RunDescription())).Message;

    private string OpenFails(bool write) =>
        Assert.Throws<CounterpoiseException>(() => RunFolder.Open(RunPath, write)).Message;

    private bool CanWrite()
    {
        try
        {
            RunFolder.Open(RunPath, write: true).Dispose();
            return true;
        }
        catch (CounterpoiseException)
        {
            return false;
        }
    }

    private static void Save(RunFolder run, int epoch, int step = 0) =>
        run.Save(new Checkpoint(epoch, step, 0, [], new Dictionary<string, Tensor>()));

    private static IEnumerable<(int Epoch, int Step)> Listed(RunFolder run) =>
        run.Checkpoints.Select(file => (file.Epoch, file.Step));
}
