using System.Globalization;
using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class ProbeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ProbeTests() => ImageSets.WriteFolder(folder["data"], ["ant", "bee", "fly"], [24, 12, 6]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classifiers_on_features_are_fitted_once_and_tabulated()
    {
        ToolResult first = Probe("runs/probe", "logit-adjustment,lda,mfw");
        ToolResult again = Probe("runs/probe", "logit-adjustment,lda,mfw");

        Assert.True(first.ExitCode == 0, first.ToString());
        JsonNode[] rows = Rows(first);
        Assert.Equal(["erm", "logit-adjustment", "lda", "mfw"], rows.Select(row => (string?)row["method"]));
        Assert.All(rows, row => Assert.InRange((double)row["balanced_accuracy"]!, 0, 100));
        Assert.All(rows[..3], row => Assert.InRange((double)row["out_of_fold_balanced_accuracy"]!, 0, 100));
        Assert.Null(rows[3]["out_of_fold_balanced_accuracy"]); // It is trained by steps.
        Assert.Equal(rows.Select(Numbers), Rows(again).Select(Numbers));
        Assert.Contains("lda: finished already", again.ErrorText);
        Assert.NotEmpty(Directory.GetFiles(folder["runs/features"], "*.features", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_trained_by_steps_has_the_penalty_of_plain_training()
    {
        ToolResult probed = Probe("runs/probe", "erm,mfw");

        double penalty = (double)Rows(probed)[0]["penalty"]!;
        string recipe = File.ReadAllText(folder["runs/probe/mfw-seed0/recipe.toml"]);
        string value = recipe.Split('\n').First(line => line.StartsWith("weight_decay = ", StringComparison.Ordinal));
        Assert.Equal(penalty, double.Parse(value.Split(['=', '#'])[1], CultureInfo.InvariantCulture), 1e-12);
        Assert.Contains("weight_decay_on = \"kernels\"", recipe, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_decay_that_is_said_is_kept_and_nothing_is_fitted_that_nobody_asked_for()
    {
        ToolResult said = Tool.Run([.. Command("runs/said", "mfw"), "--set", "training.weight_decay=0.25"]);
        ToolResult fitted = Probe("runs/fitted", "lda");

        Assert.Equal(["mfw"], Rows(said).Select(row => (string?)row["method"]));
        Assert.Contains(
            "weight_decay = 0.25",
            File.ReadAllText(folder["runs/said/mfw-seed0/recipe.toml"]),
            StringComparison.Ordinal
        );
        Assert.Equal(["lda"], Rows(fitted).Select(row => (string?)row["method"]));
    }

    [Fact]
    public void Every_training_image_is_said_something_of_by_a_classifier_that_has_not_seen_it()
    {
        Probe("runs/probe", "erm");

        string[][] lines =
        [
            .. File.ReadAllLines(folder["runs/probe/erm-seed0/out-of-fold.csv"]).Select(line => line.Split(',')),
        ];
        Assert.Equal(["image", "class", "group", "fold", "ant", "bee", "fly"], lines[0]);
        Assert.Equal(
            Enumerable.Range(0, 42),
            lines[1..].Select(line => int.Parse(line[0], CultureInfo.InvariantCulture))
        );
        Assert.Equal(5, lines[1..].Select(line => line[3]).Distinct().Count());
        Assert.All(
            lines[1..],
            line => Assert.Equal(1, line[4..].Sum(p => double.Parse(p, CultureInfo.InvariantCulture)), 1e-5)
        );
        double[] recalls =
        [
            .. lines[1..]
                .GroupBy(line => line[1])
                .Select(label =>
                    100.0 * label.Count(line => lines[0][4 + Best(line[4..])] == label.Key) / label.Count()
                ),
        ];
        Assert.Equal(
            recalls.Average(),
            (double)RunFiles.Result(folder["runs/probe/erm-seed0"])["out_of_fold_balanced_accuracy"]!,
            1e-9
        );
    }

    [Fact]
    public void A_probe_that_was_killed_goes_on_and_comes_to_the_same()
    {
        using (Tool tool = Tool.Start(Command("killed", "erm,logit-adjustment,mfw")))
        {
            tool.WaitUntil(() => File.Exists(folder["killed/erm-seed0/result.json"]));
            tool.Kill();
            tool.Finish();
        }

        ToolResult resumed = Probe("killed", "erm,logit-adjustment,mfw");
        ToolResult whole = Probe("whole", "erm,logit-adjustment,mfw");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(Rows(whole).Select(Numbers), Rows(resumed).Select(Numbers));
    }

    [Fact]
    public void Random_views_are_trained_on_by_all_methods_and_images_are_tested_as_they_are()
    {
        string[] command = [.. Command("runs/probe", "erm,lda,mfw"), "--augment-views", "1"];

        ToolResult probed = Tool.Run(command);
        ToolResult again = Tool.Run(command);
        ToolResult evaluated = Tool.Run(["evaluate", folder["runs/probe/erm-seed0"], "--json"]);

        Assert.True(probed.ExitCode == 0, probed.ToString());
        Assert.Contains("each image of a class: ant 1, bee 1, fly 2.", probed.ErrorText); // sqrt 2, sqrt 4.
        Assert.Contains("features of 48 random views are trained on, too", probed.ErrorText);
        Assert.DoesNotContain("have no effect: flips", probed.ErrorText);
        Assert.Contains(
            "with 48 random views of 42 training images",
            (string?)JsonNode.Parse(probed.Output[^1])!["note"]
        );
        Assert.Equal(["erm", "lda", "mfw"], Rows(probed).Select(row => (string?)row["method"]));
        Assert.Equal(Rows(probed).Select(Numbers), Rows(again).Select(Numbers));
        string recipe = File.ReadAllText(folder["runs/probe/mfw-seed0/recipe.toml"]);
        Assert.Contains("\nviews = 1\n", recipe, StringComparison.Ordinal);
        Assert.Contains("\nrandom_resized_crop = 0.5\n", recipe, StringComparison.Ordinal);
        Assert.Equal(1 + 42, File.ReadAllLines(folder["runs/probe/lda-seed0/out-of-fold.csv"]).Length);
        Assert.Equal(
            (double)Rows(probed)[0]["balanced_accuracy"]!,
            (double)JsonNode.Parse(evaluated.Output[^1])!["balanced_accuracy"]!,
            1e-9
        );
    }

    [Fact]
    public void The_scale_of_features_that_is_chosen_is_told_kept_and_exported()
    {
        string[] auto = ["--set", "training.feature_scale=auto"];
        ToolResult probed = Tool.Run([.. Command("runs/probe", "lda,mfw"), .. auto]);
        string erm = folder["runs/probe/erm-seed0"];
        ToolResult evaluated = Tool.Run(["evaluate", erm, "--json"]);
        ToolResult exported = Tool.Run(["export", erm, "--onnx", folder["erm.onnx"]]);
        ToolResult steps = Tool.Run([
            "train",
            "--data",
            folder["data"],
            "--features",
            "resnet18",
            "--image-size",
            "32",
            "--method",
            "mfw",
            .. auto,
        ]);

        Assert.True(probed.ExitCode == 0, probed.ToString());
        Assert.Contains(
            "erm is fitted, too: methods that are trained by steps take its penalty as weight decay and its scale of the features.",
            probed.ErrorText
        );
        JsonNode[] rows = Rows(probed);
        string chosen = (string)rows[0]["feature_scale"]!;
        Assert.Contains(chosen, (string[])["common", "dimension", "length"]);
        Assert.NotNull(rows[1]["feature_scale"]);
        Assert.Null(rows[2]["feature_scale"]); // It is trained by steps, in the scale that erm chose.
        Assert.Contains(
            $"\nfeature_scale = \"{chosen}\"\n",
            File.ReadAllText(folder["runs/probe/mfw-seed0/recipe.toml"]),
            StringComparison.Ordinal
        );
        Assert.Equal(chosen, (string?)RunFiles.Result(erm)["feature_scale"]);
        Assert.Equal(
            (double)rows[0]["balanced_accuracy"]!,
            (double)JsonNode.Parse(evaluated.Output[^1])!["balanced_accuracy"]!,
            1e-9
        );
        Assert.True(exported.ExitCode == 0, exported.ToString());
        Assert.Equal(2, steps.ExitCode);
        Assert.Contains("training.feature_scale is auto", steps.ErrorText);
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_is_computed()
    {
        ToolResult twice = Probe("runs", "erm,erm");
        ToolResult unknown = Probe("runs", "erm,nonsense");

        Assert.Contains("--methods names 'erm' twice", twice.ErrorText);
        Assert.Contains("nonsense", unknown.ErrorText);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    private ToolResult Probe(string output, string methods) => Tool.Run(Command(output, methods));

    private string[] Command(string output, string methods) =>
        [
            "probe",
            "--data",
            folder["data"],
            "--image-size",
            "32",
            "--methods",
            methods,
            "--epochs",
            "2",
            "--batch-size",
            "16",
            "-o",
            folder[output],
            "--json",
        ];

    private static JsonNode[] Rows(ToolResult result) => [.. JsonNode.Parse(result.Output[^1])!["rows"]!.AsArray()!];

    private static (double, double?, double?) Numbers(JsonNode row) =>
        ((double)row["balanced_accuracy"]!, (double?)row["out_of_fold_balanced_accuracy"], (double?)row["penalty"]);

    private static int Best(string[] probabilities)
    {
        double[] numbers = [.. probabilities.Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
        return Array.IndexOf(numbers, numbers.Max());
    }
}
