using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class WrongUsageTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("trian --data x", "'trian'", "did you mean 'train'?")]
    [InlineData("data inspct x", "'inspct'", "did you mean 'inspect'?")]
    [InlineData("data download cifar-10", "'cifar-10'", "did you mean 'cifar10'?")]
    [InlineData("resume", "<run> is missing", "counterpoise resume --help")]
    [InlineData("resume x --keep-every 0", "--keep-every is 0")]
    [InlineData("evaluate x --chekpoint y", "'--chekpoint'", "did you mean '--checkpoint y'?")]
    [InlineData("runs nowhere", "nowhere")]
    [InlineData("init recipe.toml --method mwf", "'mwf'", "did you mean 'mfw'?")]
    [InlineData("methods --jsn", "'--jsn'", "did you mean '--json'?")]
    public void A_command_line_that_is_not_understood_is_refused(string commandLine, params string[] named) =>
        Refuse(commandLine.Split(' '), named);

    [Theory]
    [InlineData("--modle resnet8", "'--modle'", "did you mean '--model resnet8'?")]
    [InlineData("--method mwf", "'mwf'", "did you mean 'mfw'?")]
    [InlineData("--method class-balanced+drw", "class-balanced", "drw")]
    [InlineData("--model resnet23", "'resnet23'", "did you mean 'resnet")]
    [InlineData("--set training.epoch=3", "--set", "'training.epoch'", "did you mean 'training.epochs'?")]
    [InlineData("--set training.epochs=many", "--set", "training.epochs is many", "a whole number, 1 or more")]
    [InlineData("--set training.epochs", "--set", "key=value")]
    [InlineData("--set mfw.alpha=0", "--set", "mfw.alpha is 0", "above 0")]
    [InlineData("--set drw.start=0.5", "--set", "drw.start belongs to drw")]
    [InlineData("--set training.schedule=cosin", "training.schedule is cosin", "cosine")]
    [InlineData("--set data.imbalance=step --set data.rho=1000", "rho 1000", "'green'", "the largest rho")]
    [InlineData("--set training.batch_size=61", "training.batch_size is 61", "60 training images")]
    [InlineData("--precision foo", "--precision", "foo", "auto | fp32 | bf16")]
    [InlineData("--image-size 7", "--image-size", "7", "from 8 to 1024")]
    [InlineData("--evaluate-every -1", "--evaluate-every", "-1", "0 or more")]
    [InlineData("--image-root .", "found no data that --image-root goes with", "a list of image files")]
    [InlineData("--test-data none.txt", "none.txt", "there is no such file", "--test-data")]
    [InlineData("--threads 0", "--threads is 0", "1 or more")]
    [InlineData("--threads many", "--threads is many", "a whole number")]
    [InlineData("--keep-every 0", "--keep-every is 0", "1 or more")]
    [InlineData("--seed -1", "--seed is -1", "0 or more")]
    [InlineData("--device gpu", "--device is gpu", "auto, cpu, cuda or cuda:N")]
    [InlineData("--device cuda:x", "--device is cuda:x", "auto, cpu, cuda or cuda:N")]
    [InlineData("missing.toml", "missing.toml")]
    public void A_training_that_cannot_be_is_refused_before_anything_is_written(string more, params string[] named)
    {
        string[] small = ["--image-size", "8", "--set", "training.batch_size=2", "--device", "cpu"];
        string[] given = more.Split(' ');
        string[] others = [.. small.Chunk(2).Where(pair => !given.Contains(pair[0])).SelectMany(pair => pair)];
        Refuse(["train", "--data", example.Data, "--output", "run", .. others, .. given], named);
    }

    [Fact]
    public void Cuda_is_refused_where_there_is_none()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "There is a CUDA device.");
        Refuse(
            ["train", "--data", example.Data, "--output", "run", "--device", "cuda:9"],
            "--device is cuda:9",
            "built without CUDA",
            "COUNTERPOISE_LIBTORCH=python",
            "or use --device cpu"
        );
    }

    [Fact]
    public void Empty_and_missing_values_are_refused()
    {
        Refuse(["train", "--output", "run"], "--data");
        Refuse(["train", "--data", "", "--output", "run"], "empty");
        Refuse(["train", "--data", example.Data, "--output", ""], "empty");
        Refuse(["train", "--data", "nowhere", "--output", "run"], "nowhere", "there is no such file or folder");
    }

    [Fact]
    public void A_recipe_that_is_wrong_is_refused_by_its_name()
    {
        File.WriteAllText(folder["broken.toml"], "method = \n");
        File.WriteAllText(folder["mistyped.toml"], "[training]\nepoch = 3\n");
        string[] data = ["--data", example.Data, "--output", folder["run"]];

        Refusals.AssertWrongUsage(Tool.Run(["train", folder["broken.toml"], .. data]), folder["broken.toml"]);
        Refusals.AssertWrongUsage(
            Tool.Run(["train", folder["mistyped.toml"], .. data]),
            folder["mistyped.toml"],
            "'training.epoch'",
            "did you mean 'training.epochs'?"
        );

        Assert.False(Directory.Exists(folder["run"]));
    }

    private void Refuse(string[] arguments, params string[] named)
    {
        using Tool tool = Tool.Start(arguments, folder.Path);
        Refusals.AssertWrongUsage(tool.Finish(), named);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
