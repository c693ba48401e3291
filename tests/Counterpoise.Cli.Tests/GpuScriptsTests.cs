using System.Text.Json.Nodes;
using Counterpoise.Tests;
using Counterpoise.Tests.Interop;

namespace Counterpoise.Cli.Tests;

/// <summary>The scripts in <c>benchmarks/gpu</c> with tiny settings, the processor in the GPU's place.</summary>
public sealed class GpuScriptsTests : IDisposable
{
    private const string Minutes = "5";

    /// <summary>A minute is kept for saving, so this leaves seconds to train.</summary>
    private const string HardlyOverAMinute = "1.05";

    private readonly TemporaryFolder folder = new();
    private readonly Python python = Python.That("import torch", "torch (python3-torch)");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_tool_is_measured_beside_loops_in_Python()
    {
        string[] steps =
        [
            "doctor",
            "loss ldam+drw",
            "kill and resume",
            "speed resnet8 fp32",
            "peer tuned resnet8",
            "peer tuned_compiled resnet8",
            "peer plain resnet8",
            "ratios resnet8",
            "2 at once",
        ];

        python.Run([
            .. Script("measure.py", Minutes),
            "--threads",
            "1",
            .. steps.SelectMany(step => (string[])["--only", step]),
        ]);

        Dictionary<string, JsonNode> rows = Rows();
        string[] measured =
        [
            "doctor",
            "resnet8_fp32",
            "python_tuned_resnet8",
            "python_plain_resnet8",
            "resnet8_fp32_over_python_plain_resnet8",
            "2_at_once",
        ];
        Assert.All(measured, name => Assert.True(rows[name]["value"] is not null, rows[name].ToJsonString()));
        Assert.Equal(0, (double)rows["loss_apart_ldam+drw"]["value"]!);
        Assert.True((bool)rows["killed_and_resumed"]["value"]!);
        Assert.True((bool)rows["interrupted_and_resumed"]["value"]!);
        if (python.Run("-c", "import torch; print(hasattr(torch, 'compile'))").Trim() == "False")
        {
            Assert.Contains(
                "skipped: torch.compile is missing",
                (string)rows["python_tuned_compiled_resnet8"]["note"]!
            );
            Assert.Contains("fused SGD is missing", (string)rows["python_tuned_resnet8"]["note"]!);
        }

        Assert.Contains("| killed_and_resumed | yes |", File.ReadAllText(folder["results.md"]));
    }

    [Fact]
    public void A_step_that_fails_or_for_which_no_time_is_left_is_a_row()
    {
        File.WriteAllText(folder["no-data"], "");
        string[] loss = ["--only", "loss erm"];

        python.Run([.. Script("measure.py", Minutes), .. loss, "--data", folder["no-data"]]);
        Dictionary<string, JsonNode> failed = Rows();
        python.Run([.. Script("measure.py", "0"), .. loss]);
        Dictionary<string, JsonNode> late = Rows();

        Assert.StartsWith("failed: ", (string)failed["loss_erm"]["note"]!);
        Assert.StartsWith("skipped: ", (string)late["loss_erm"]["note"]!);
    }

    [Fact]
    public void Cells_stop_on_time_and_the_same_command_goes_on_with_them()
    {
        (int exitCode, string output, string errors) = python.TryRun([
            .. Script("train_cells.py", HardlyOverAMinute),
            "--at-once",
            "2",
        ]);

        // A fast machine is done even then.
        bool isDone = Rows().Values.All(row => row["value"] is not null);
        Assert.True(exitCode == (isDone ? 0 : 1), output + errors);

        python.Run([.. Script("train_cells.py", Minutes), "--at-once", "2"]);

        Assert.Equal(["lt-mfw-s0", "lt-erm-s0"], Rows().Keys);
        Assert.All(Rows().Values, row => Assert.StartsWith("finished", (string)row["note"]!));
        Assert.All(Rows().Values, row => Assert.InRange((double)row["value"]!, 0, 100));
    }

    private string[] Script(string name, string minutes) =>
        [
            "-B",
            Path.Combine(DocumentedPage.Repository, "benchmarks", "gpu", name),
            "--package",
            Tool.Folder,
            "--output",
            folder.Path,
            "--device",
            "cpu",
            "--tiny",
            "--minutes",
            minutes,
        ];

    private Dictionary<string, JsonNode> Rows() =>
        JsonNode.Parse(File.ReadAllText(folder["results.json"]))!["results"]!
            .AsArray()
            .ToDictionary(row => (string)row!["name"]!, row => row!);
}
