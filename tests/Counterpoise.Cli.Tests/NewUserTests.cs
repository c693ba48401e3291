using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>What people type who do not know the tool yet.</summary>
public sealed class NewUserTests(Example example) : IDisposable
{
    /// <summary>What the parser and .NET say in words of their own.</summary>
    private static readonly string[] OfLibraries =
    [
        "Must be one of",
        "not recognized",
        "Could not find",
        "Required argument",
        "Required command",
        "Unrecognized",
        "is required",
        "expects a single",
        "Cannot parse",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", "--help")]
    [InlineData("help", "--help")]
    [InlineData("-h", "--help")]
    [InlineData("help train", "train --help")]
    [InlineData("help data inspect", "data inspect --help")]
    [InlineData("data", "data --help")]
    [InlineData("help data", "data --help")]
    [InlineData("version", "--version")]
    [InlineData("-v", "--version")]
    public void Help_and_version_are_asked_for_in_many_ways(string typed, string usual)
    {
        ToolResult result = Tool.Run(Words(typed));

        Assert.True(result is { ExitCode: 0, Error: [], Output: [_, ..] }, result.ToString());
        Assert.Equal(Tool.Run(Words(usual)).OutputText, result.OutputText);
    }

    [Theory]
    [InlineData("inspect x", "did you mean 'counterpoise data inspect'?")]
    [InlineData("donwload cifar10", "did you mean 'counterpoise data download'?")]
    [InlineData("data trian", "did you mean 'counterpoise train'?")]
    [InlineData("help trian", "did you mean 'train'?")]
    [InlineData("complet x", "did you mean 'completion'?")] // Not the hidden verb.
    [InlineData("frobnicate", "known are: demo, train,")]
    [InlineData("train --lr 0.1", "did you mean '--learning-rate 0.1'?")]
    [InlineData("train --lr=0.1", "did you mean '--learning-rate 0.1'?")]
    [InlineData("train --batch 64", "did you mean '--batch-size 64'?")]
    [InlineData("train --epoch 3", "did you mean '--epochs 3'?")]
    [InlineData("train --warmup 0", "did you mean '--set training.warmup=0'?")]
    [InlineData("train --wd 0.1", "did you mean '--set training.weight_decay=0.1'?")]
    [InlineData("train --warmpu 0", "did you mean '--set training.warmup=0'?")]
    [InlineData("train --method mfw --alpha 2", "did you mean '--set mfw.alpha=2'?")]
    [InlineData("choose --epochs 3", "did you mean '--set training.epochs=3'?")]
    [InlineData("train -e 3", "option '-e' is not known", "known are: --method")]
    [InlineData("evaluate --run x", "it needs no option: counterpoise evaluate x")]
    [InlineData("data inspect --data x", "it needs no option: counterpoise data inspect x")]
    [InlineData("train --data", "--data has no value, expected --data <path>")]
    [InlineData("train", "--data <path> is missing: The images")]
    [InlineData("predict x", "<images> is missing: Image files")]
    [InlineData("data inspect x --folders maybe", "--folders is maybe, expected auto, classes or parts")]
    [InlineData("completion tcsh", "<shell> is tcsh, expected bash, zsh, fish or pwsh")]
    [InlineData("evaluate x --checkpoint a --checkpoint b", "--checkpoint is given 2 times, expected once")]
    [InlineData("runs a b", "argument 'b' is not known to 'counterpoise runs'; it takes no more.")]
    [InlineData("train nowhere.toml --data synthetic", "nowhere.toml: could not be read: it does not exist")]
    [InlineData("train --data synthetic --method mfw+crt --set epochs=3", "'epochs' is short for", "crt.epochs")]
    [InlineData("train --data synthetic --set lr=0.1", "did you mean 'training.learning_rate'?")]
    [InlineData("train --data synthetic --method mfw --set strenght=1", "did you mean 'mfw.strength'?")]
    public void What_was_probably_meant_is_said(string typed, params string[] named) => Refuse(Words(typed), named);

    [Theory]
    [InlineData("train FOLDER")]
    [InlineData("compare FOLDER")]
    [InlineData("probe FOLDER")]
    [InlineData("tune FOLDER")]
    [InlineData("choose FOLDER")]
    [InlineData("reproduce table6 FOLDER")]
    [InlineData("evaluate RUN FOLDER")]
    [InlineData("resume RUN FOLDER")]
    [InlineData("analyze RUN FOLDER")]
    public void A_folder_of_images_that_stands_alone_is_told_its_option(string typed) =>
        Refuse(Words(typed), example.Data, $"for images use --data {example.Data}");

    [Theory]
    [InlineData("evaluate model.onnx", "is an ONNX model, expected a run folder", "predict")]
    [InlineData("resume recipe.toml", "is a recipe, expected a run folder", "train")]
    [InlineData("train RUN --data FOLDER", "is a run folder, expected a recipe", "resume")]
    [InlineData("train --data RUN", "is a run folder, expected images", "evaluate")]
    [InlineData("train --data recipe.toml", "is a recipe, expected images", "train")]
    [InlineData("predict FOLDER x.png", "holds no run, expected an ONNX model or a run folder")]
    [InlineData("predict RUN RUN", "is a run folder, expected images")]
    [InlineData("analyze RUNS", "is a folder of run folders, expected a run folder", "watch")]
    [InlineData("data inspect parameters.safetensors", "is a file of parameters, expected images", "--pretrained")]
    public void What_is_something_else_is_called_by_its_name(string typed, params string[] named)
    {
        foreach (string file in new[] { "model.onnx", "recipe.toml", "parameters.safetensors" })
        {
            File.WriteAllText(folder[file], "");
        }

        Refuse(Words(typed), named);
    }

    [Fact]
    public void A_short_name_of_a_key_sets_it()
    {
        ToolResult planned = Tool.Run([
            .. example.Train(folder["run"]),
            .. Words("--set epochs=7 --set alpha=2 --dry-run"),
        ]);

        Assert.True(planned.ExitCode == 0, planned.ToString());
        Assert.Contains("epochs = 7", planned.Output);
        Assert.Contains("alpha = 2.0", planned.Output);
    }

    private string[] Words(string typed) =>
        [
            .. typed
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word =>
                    word switch
                    {
                        "FOLDER" => example.Data,
                        "RUN" => example.Run,
                        "RUNS" => example.Runs,
                        _ => word,
                    }
                ),
        ];

    private void Refuse(string[] arguments, params string[] named)
    {
        using Tool tool = Tool.Start(arguments, folder.Path);
        ToolResult result = tool.Finish();
        Refusals.AssertWrongUsage(result, named);
        Assert.All(OfLibraries, text => Assert.DoesNotContain(text, result.Error[0], StringComparison.Ordinal));
    }
}
