using System.Text.Json.Nodes;
using Counterpoise.Cli.Tests;

namespace Counterpoise.Benchmarks.Tests;

/// <summary>Every benchmark as a process, with tiny sizes: it works from end to end, whatever the numbers are.</summary>
public sealed class SmokeTests
{
    public static TheoryData<string, string[]> Keys =>
        new()
        {
            { "step", ["step_over_plain_port", "fp32_step_over_plain_port", "fp32_efficiency", "step_ms"] },
            {
                "layers",
                [
                    "convolution_16_to_16_32x32_over_libtorch",
                    "normalisation_64_8x8_over_libtorch",
                    "normalisation_64_8x8_ms",
                ]
            },
            { "mfw", ["mfw_over_erm", "erm_step_ms", "mfw_step_ms"] },
            { "epoch", ["epoch_over_steps", "epoch_seconds", "evaluation_seconds"] },
            { "evaluate", ["evaluate_over_plain_port", "images_per_second"] },
            { "decode", ["packed_over_streamed", "images_per_second", "resident_mb_32_files"] },
            { "scale", ["resident_mb", "memory_growth", "step_ms_10_classes", "epoch_setup_ms_10000"] },
            { "startup", ["help_ms", "first_step_ms"] },
            { "ranks", ["images_per_second"] },
            { "onnx", ["resnet8_apart", "resnet8_over_onnx"] },
            { "extract", ["photographs_224_over_onnx", "small_112_over_onnx", "small_112_over_224"] },
        };

    [Theory]
    [MemberData(nameof(Keys))]
    public void Each_benchmark_prints_its_figures_on_one_line(string name, string[] keys)
    {
        JsonObject figures = Figures(Run(name, "--quick", "--json", "--threads", "1", "--rounds", "1"));

        Assert.All(keys, key => AssertMeasured(figures, key));
    }

    [Fact]
    public void The_peak_in_bf16_is_left_out_where_the_processor_has_none()
    {
        ToolResult result = Run("step", "--quick", "--json", "--threads", "1");

        JsonObject figures = Figures(result);
        Assert.True(figures.ContainsKey("bf16_efficiency"));
        Assert.Equal(figures["bf16_efficiency"] is null, result.ErrorText.Contains("the bf16 peak is left out"));
    }

    [Fact]
    public void PyTorch_is_compared_with_where_it_is_installed_and_named_where_it_is_not()
    {
        ToolResult result = Run("pytorch", "--quick", "--json", "--threads", "1", "--rounds", "1");

        JsonObject figures = Figures(result);
        string[] keys =
        [
            "faster_than_pytorch",
            "fp32_faster_than_pytorch",
            "faster_than_tuned_pytorch",
            "fp32_faster_than_tuned_pytorch",
            "images_per_second",
        ];
        if (result.ErrorText.Contains("python3-torchvision"))
        {
            Assert.All(keys, key => Assert.True(figures.ContainsKey(key) && figures[key] is null, key));
        }
        else
        {
            Assert.All(keys, key => AssertMeasured(figures, key));
        }
    }

    [Fact]
    public void A_table_names_the_machine_and_every_figure()
    {
        ToolResult result = Run("mfw", "--quick", "--threads", "1", "--rounds", "3");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("1 threads", result.OutputText);
        Assert.Contains("TorchSharp", result.OutputText);
        Assert.Matches(@"mfw_over_erm +times as long +\S+ +\S+ \.\. \S+ +3", result.OutputText);
    }

    [Fact]
    public void Without_a_name_the_benchmarks_are_listed()
    {
        ToolResult unnamed = Run();
        ToolResult listed = Run("--list");

        Assert.True(unnamed.ExitCode == 0, unnamed.ToString());
        Assert.Equal(unnamed.Output, listed.Output);
        Assert.All(BenchmarkCatalogue.All, benchmark => Assert.Contains(benchmark.Summary, listed.OutputText));
    }

    [Theory]
    [InlineData(new[] { "stpe" }, "did you mean 'step'?")]
    [InlineData(new[] { "step", "--qiuck" }, "did you mean '--quick'?")]
    [InlineData(new[] { "step", "--rounds", "0" }, "--rounds is 0, expected 1 or more")]
    public void Wrong_usage_is_refused_with_what_was_probably_meant(string[] arguments, string expected)
    {
        ToolResult result = Run(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.ErrorText);
    }

    private static ToolResult Run(params string[] arguments)
    {
        using Tool tool = Tool.Start(arguments, program: "Counterpoise.Benchmarks.dll");
        return tool.Finish();
    }

    private static JsonObject Figures(ToolResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonNode.Parse(Assert.Single(result.Output))!.AsObject();
    }

    private static void AssertMeasured(JsonObject figures, string key)
    {
        JsonObject? figure = figures[key]?.AsObject();
        Assert.True(figure is not null, $"{key} is missing in {figures.ToJsonString()}");
        double low = (double)figure["low"]!;
        double high = (double)figure["high"]!;
        Assert.InRange((double)figure["median"]!, low, high);
        Assert.True(key == "memory_growth" || low > 0, $"{key} is {low}");
    }
}
