using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class BadDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_small_CIFAR_folder_is_trained_on()
    {
        ImageSets.WriteCifar(folder["cifar"], 1);
        string[] arguments = ["train", "--data", folder["cifar"], "--output", folder["run"], "--model", "resnet8"];

        ToolResult trained = Tool.Run([
            .. arguments,
            "--threads",
            "1",
            "--set",
            "training.epochs=1",
            "--set",
            "training.batch_size=50",
        ]);

        Assert.True(trained.ExitCode == 0, trained.ToString());
        Assert.Contains("recognised CIFAR-10", trained.Output[0]);
        Assert.Contains(
            "training.schedule never acts: it begins after epoch 5, at the end of training.warmup, and 1 epoch is trained.",
            trained.OutputText
        );
    }

    [Theory]
    [InlineData("missing", "data_batch_3.bin", "missing")]
    [InlineData("truncated", "data_batch_2.bin", "truncated")]
    [InlineData("label", "test_batch.bin", "record 3", "label 10")]
    public void A_damaged_CIFAR_folder_is_refused(string damage, string file, params string[] named)
    {
        ImageSets.WriteCifar(folder["cifar"], 1);
        string path = Path.Combine(folder["cifar"], file);
        byte[] content = File.ReadAllBytes(path);
        switch (damage)
        {
            case "missing":
                File.Delete(path);
                break;
            case "truncated":
                File.WriteAllBytes(path, content[..^1]);
                break;
            default:
                content[2 * content.Length / ImageSets.CifarClasses] = ImageSets.CifarClasses;
                File.WriteAllBytes(path, content);
                break;
        }

        Refuse(folder["cifar"], [path, .. named]);
    }

    [Fact]
    public void A_class_without_images_is_refused()
    {
        ImageSets.WriteFolder(folder["data"], ["a", "b"], [3, 3]);
        Directory.CreateDirectory(folder["data/train/c"]);

        Refuse(folder["data"], folder["data/train/c"], "holds no images");
    }

    [Fact]
    public void A_file_that_is_no_image_is_refused_or_skipped_and_named()
    {
        ImageSets.WriteFolder(folder["data"], ["a", "b"], [3, 3]);
        string text = folder["data/train/b/note.png"];
        File.WriteAllText(text, "Not an image.");
        string bomb = folder["data/test/a/large.png"];
        ImageSets.WriteBomb(bomb, 30_000, 30_000);

        Refuse(folder["data"], text, "--skip-unreadable");
        ToolResult trained = Tool.Run([
            .. Example.TrainOn(folder["data"], folder["run"]),
            "--skip-unreadable",
            "--set",
            "training.epochs=1",
        ]);
        ToolResult evaluated = Tool.Run("evaluate", folder["run"]);
        ToolResult inspected = Tool.Run("data", "inspect", folder["data"]);

        Assert.True(trained.ExitCode == 0, trained.ToString());
        Assert.Contains("skipped 2 unreadable files", trained.OutputText);
        Assert.Contains(trained.Output, line => line.StartsWith($"{text}: skipped: ", StringComparison.Ordinal));
        Assert.Contains(trained.Output, line => line.StartsWith($"{bomb}: skipped: ", StringComparison.Ordinal));
        Assert.Contains("on the 12 test images", evaluated.OutputText);
        Assert.Contains("unreadable files: 2", inspected.Output);
        Assert.Contains(inspected.Output, line => line.StartsWith($"  {text}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_small_file_of_very_many_pixels_is_refused_before_it_is_unpacked()
    {
        ImageSets.WriteFolder(folder["data"], ["a", "b"], [3, 3]);
        string bomb = folder["data/train/a/large.png"];
        ImageSets.WriteBomb(bomb, 30_000, 30_000);
        Assert.InRange(new FileInfo(bomb).Length, 1, 5_000_000);

        Refuse(folder["data"], bomb, "30000x30000", "100 megapixels");
    }

    private void Refuse(string data, params string[] named)
    {
        Refusals.AssertFailed(Tool.Run(Example.TrainOn(data, folder["run"], imageSize: SizeOf(data))), named);
        Assert.False(Directory.Exists(folder["run"]));
    }

    /// <summary>CIFAR images are not resized.</summary>
    private static int SizeOf(string data) => Path.GetFileName(data) == "cifar" ? 32 : 8;
}
