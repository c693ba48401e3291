using System.Text.Json.Nodes;
using Counterpoise.Features;
using Counterpoise.Recipes;
using Counterpoise.Tests;
using Counterpoise.Tests.Data;
using SkiaSharp;

namespace Counterpoise.Cli.Tests;

/// <summary>What the tool decides from the images where nobody says otherwise.</summary>
public sealed class StartingRecipeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Images_of_64_pixels_are_not_squeezed_to_32_in_silence()
    {
        string data = Write(64, 12, 12);

        (Recipe recipe, string said) = DryRun("train", "--data", data);

        Assert.Equal("resnet18", recipe.Data.Features);
        Assert.Equal("features512", recipe.Model);
        Assert.Equal(112, recipe.Data.ImageSize);
        Assert.Equal("erm", recipe.MethodNames);
        Assert.Equal(Phases.OptimizerKind.Lbfgs, recipe.Training.Optimizer);
        Assert.Contains($"{data}: --features resnet18 --image-size 112, as nothing else is said: ", said);
        Assert.Contains($"{data}: --method erm --set training.optimizer=lbfgs, as nothing else is said: ", said);
        using var extractor = FeatureExtractors.Open(recipe.Data.Features, recipe.Data.ImageSize, threads: 1);
        Assert.Equal(recipe.Network.Features, extractor.Length);
    }

    [Fact]
    public void Small_pictures_train_a_network_at_their_size_by_the_sizes_of_their_classes()
    {
        (Recipe recipe, string said) = DryRun("train", "--data", Write(20, 80, 20), "--batch-size", "16");

        Assert.Equal((Recipe.Default.Model, 32, "mfw"), (recipe.Model, recipe.Data.ImageSize, recipe.MethodNames));
        Assert.Contains("--model resnet32 --image-size 32, as nothing else is said: ", said);
        Assert.Contains("--method mfw, as nothing else is said: ", said);
    }

    [Theory]
    [InlineData("--model resnet8 --image-size 32 --method mfw", "", "resnet8", 32, "mfw")]
    [InlineData("--set model=resnet8 --set data.image_size=16 --set mfw.alpha=2", "", "resnet8", 16, "mfw")]
    [InlineData("--method mfw --image-size 32", "", "resnet32", 32, "mfw")]
    [InlineData("--method mfw --image-size 80", "resnet18", "features512", 80, "mfw")]
    [InlineData("--method bbn", "", "resnet18", 112, "bbn")]
    [InlineData("--model resnet8 --method erm", "", "resnet8", 32, "erm")]
    [InlineData("--model resnet10 --image-size 40", "", "resnet10", 40, "erm")]
    [InlineData("--features resnet18 --image-size 64 --epochs 2", "resnet18", "features512", 64, "erm")]
    public void What_an_option_says_is_kept(string options, string features, string model, int size, string method)
    {
        (Recipe recipe, string said) = DryRun([
            "train",
            "--data",
            Write(64, 30, 30),
            "--batch-size",
            "16",
            .. options.Split(' '),
        ]);

        Assert.Equal(features, recipe.Data.Features);
        Assert.Equal((model, size, method), (recipe.Model, recipe.Data.ImageSize, recipe.MethodNames));
        Assert.Equal(Phases.OptimizerKind.Sgd, recipe.Training.Optimizer);
        string decided = string.Concat(said.Split('\n').Where(line => line.Contains("as nothing else is said")));
        Assert.All(
            options.Split(' ').Where(word => word.StartsWith("--", StringComparison.Ordinal) && word != "--set"),
            option => Assert.DoesNotContain($"{option} ", decided)
        );
    }

    [Fact]
    public void With_a_recipe_file_nothing_is_decided()
    {
        File.WriteAllText(folder["recipe.toml"], "[training]\nepochs = 2\n");

        (Recipe recipe, string said) = DryRun("train", folder["recipe.toml"], "--data", Write(64, 130, 130));

        Assert.Equal(RecipeText.Set(Recipe.Default, "training.epochs=2").Resolve(), recipe);
        Assert.DoesNotContain("as nothing else is said", said);
    }

    [Fact]
    public void The_built_in_images_and_cifar_mean_what_they_meant()
    {
        ImageSets.WriteCifar(folder["cifar-10-batches-bin"], perClass: 3);

        (Recipe cifar, string said) = DryRun("train", "--data", folder["cifar-10-batches-bin"]);
        (Recipe synthetic, _) = DryRun("train", "--data", "synthetic");

        Assert.Equal(Recipe.Default.Resolve(), cifar);
        Assert.Equal(Recipe.Default.Resolve(), synthetic);
        Assert.DoesNotContain("as nothing else is said", said);
    }

    [Fact]
    public void A_run_has_what_was_decided_and_goes_on_with_it_when_the_images_say_something_else()
    {
        string data = Write(64, 8, 8);
        string[] train = ["train", "--data", data, "--output", folder["run"], "--device", "cpu", "--threads", "1"];
        ToolResult first = Tool.Run(train);
        Assert.True(first.ExitCode == 0, first.ToString());
        string recipe = File.ReadAllText(folder["run/recipe.toml"]);

        ToolResult again = Tool.Run(train);
        ToolResult resumed = Tool.Run("resume", folder["run"]);

        Assert.Contains("features = \"resnet18\"", recipe);
        Assert.Contains("optimizer = \"lbfgs\"", recipe);
        Assert.Contains("holds this run already", again.OutputText);
        Assert.Equal(0, resumed.ExitCode);
        Assert.DoesNotContain("as nothing else is said", resumed.OutputText + resumed.ErrorText);
        Assert.Equal(recipe, File.ReadAllText(folder["run/recipe.toml"]));
    }

    [Fact]
    public void A_comparison_decides_the_network_and_not_the_methods()
    {
        string data = Write(64, 8, 8);

        ToolResult compared = Tool.Run(
            "compare",
            "--data",
            data,
            "--methods",
            "erm,nearest-mean,lda",
            "--epochs",
            "2",
            "--batch-size",
            "8",
            "--device",
            "cpu",
            "--output",
            folder["compared"],
            "--json"
        );

        Assert.True(compared.ExitCode == 0, compared.ToString());
        Assert.Contains("--features resnet18 --image-size 112, as nothing else is said: ", compared.ErrorText);
        Assert.DoesNotContain("--method ", compared.ErrorText);
        Assert.Contains("\"nearest-mean\"", compared.OutputText);
    }

    [Fact]
    public void An_inspection_ends_with_what_would_be_trained()
    {
        string data = Write(64, 40, 20);

        ToolResult text = Tool.Run("data", "inspect", data, "--exclude", "*.gif");
        ToolResult json = Tool.Run("data", "inspect", data, "--json");
        (Recipe recipe, _) = DryRun("train", "--data", data);

        string command =
            $"counterpoise train --data {data} --exclude '*.gif' --features resnet18 --image-size 112 --method logit-adjustment --set training.optimizer=lbfgs";
        Assert.Equal($"to begin with: {command}", text.Output[^2]);
        JsonNode advice = JsonNode.Parse(json.OutputText)!["advice"]!;
        Assert.Equal(recipe.Data.Features, (string)advice["features"]!);
        Assert.Equal(recipe.Model, (string)advice["model"]!);
        Assert.Equal(recipe.Data.ImageSize, (int)advice["image_size"]!);
        Assert.Equal(recipe.MethodNames, (string)advice["method"]!);
        Assert.Equal("lbfgs", (string)advice["optimizer"]!);
        Assert.Equal(2, advice["reasons"]!.AsArray().Count);
        Assert.Null(JsonNode.Parse(Tool.Run("data", "inspect", "synthetic", "--json").OutputText)!["advice"]);
    }

    /// <summary>The recipe that would be trained, and what is told of it.</summary>
    private static (Recipe Recipe, string Said) DryRun(params string[] arguments)
    {
        ToolResult result = Tool.Run([.. arguments, "--device", "cpu", "--dry-run", "--json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        JsonNode found = JsonNode.Parse(result.Output[^1])!;
        return (RecipeText.Parse((string)found["recipe"]!, "recipe"), result.ErrorText);
    }

    /// <summary>A folder of square pictures of two classes.</summary>
    private string Write(int side, params int[] counts)
    {
        string data = folder[$"data{side}"];
        foreach ((int label, int count) in counts.Index())
        {
            foreach ((string part, int images) in new[] { ("train", count), ("test", 2) })
            {
                Directory.CreateDirectory(Path.Combine(data, part, $"c{label}"));
                for (int i = 0; i < images; i++)
                {
                    byte shade = (byte)((90 * label) + i);
                    TestFiles.Write(
                        Path.Combine(data, part, $"c{label}", $"{i:D3}.png"),
                        side,
                        side,
                        (x, y) => new SKColor(shade, (byte)(x * 5), (byte)(y * 3))
                    );
                }
            }
        }

        return data;
    }
}
