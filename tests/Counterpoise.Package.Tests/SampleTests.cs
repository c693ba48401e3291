using Counterpoise.Cli.Tests;
using Counterpoise.Tests;

namespace Counterpoise.Package.Tests;

public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_images_is_trained_on_and_every_class_is_told()
    {
        ImageSets.WriteFolder(folder["images"], ["blue", "green", "red"], [30, 16, 8]);
        string said = Run("TrainOnFolder", folder["images"]);
        Assert.Contains("epoch 30/30", said, StringComparison.Ordinal);
        Assert.Contains("balanced accuracy on test images: ", said, StringComparison.Ordinal);
        Assert.Matches(@"(?s)blue: 30 training images, .* %\s.*green: 16 .*red: 8 ", said);
        Assert.True(File.Exists(folder["runs/mine/result.json"]));
        Assert.Contains("epoch 30/30", File.ReadAllText(folder["runs/mine/log.txt"]), StringComparison.Ordinal);

        // The same program again reads what is there.
        Assert.DoesNotContain("epoch ", Run("TrainOnFolder", folder["images"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_of_ones_own_trains_resumes_and_is_written_to_TOML()
    {
        ImageSets.WriteFolder(folder["images"], ["blue", "green", "red"], [30, 16, 8]);
        Assert.Contains("epoch 4/4", Run("MethodOfYourOwn", folder["images"]), StringComparison.Ordinal);
        string recipe = File.ReadAllText(folder["runs/poly/recipe.toml"]);
        Assert.StartsWith("method = \"mfw+poly\"\n", recipe, StringComparison.Ordinal);
        Assert.Contains("\n[poly]\nepsilon = 2.0\n", recipe, StringComparison.Ordinal);

        // As a kill within the last epoch would have left it.
        string last = folder["runs/poly/checkpoints/epoch-0004.safetensors"];
        byte[] whole = File.ReadAllBytes(last);
        File.Delete(last);
        File.Delete(folder["runs/poly/result.json"]);
        string said = Run("MethodOfYourOwn", folder["images"]);
        Assert.Contains("resuming after 3 epochs", said, StringComparison.Ordinal);
        Assert.True(Tensors(whole).SequenceEqual(Tensors(File.ReadAllBytes(last))));

        // The header tells the seconds of the epoch.
        static ReadOnlySpan<byte> Tensors(byte[] file) => file.AsSpan(8 + (int)BitConverter.ToInt64(file));
    }

    [Fact]
    public void A_loop_of_ones_own_learns_the_rare_class_with_nothing_but_the_mixing()
    {
        string[] words = Run("MixInYourLoop").Split(' ', StringSplitOptions.TrimEntries);
        Assert.Equal(["rare", "class:"], words[..2]);
        Assert.InRange(int.Parse(words[2]), 13, 25); // Half of the 25 or more; a network that learnt nothing has none.
    }

    [Theory]
    [InlineData("TrainOnFolder", "docs/library.md")]
    [InlineData("MixInYourLoop", "docs/library.md")]
    [InlineData("MethodOfYourOwn", "docs/library.md")]
    public void A_page_shows_the_sample_as_it_is(string sample, string page)
    {
        string text = File.ReadAllText(Path.Combine(Built.Repository, page)).ReplaceLineEndings("\n");
        string code = File.ReadAllText(Built.SampleSource(sample)).ReplaceLineEndings("\n");
        Assert.Contains($"```csharp\n{code}```\n", text, StringComparison.Ordinal);
    }

    private string Run(string sample, params string[] arguments) =>
        new Command(folder.Path).Dotnet([Built.SampleProgram(sample), .. arguments]);
}
