using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;

namespace Counterpoise.Tests.Runs;

public sealed class TrainingPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ImageData images = SyntheticImages.Open(0, trainPerClass: 4, testPerClass: 1);
    private readonly TrainingPlan run = new(
        Recipe.Erm.With(new Mfw { Alpha = 0.5 }).Resolve(),
        SyntheticImages.Name,
        SkipUnreadable: true,
        new Execution(1, "cpu", Precision.Fp32)
    )
    {
        KeepEvery = 3,
        Decoding = DecodingRules.Newest,
        Listing = new ListingOptions
        {
            ImageRoot = Path.GetFullPath("images"),
            TestData = Path.GetFullPath("test.txt"),
            Include = new ValueList<string>("*.jpg"),
            Exclude = new ValueList<string>("masks", "a/b"),
            Folders = FolderReading.Parts,
            PathColumn = "file",
            LabelColumn = "2",
            Group = "patient",
            Fold = 2,
            Folds = 5,
        },
    };

    [Fact]
    public void A_run_folder_gives_back_what_the_run_was_started_with()
    {
        TrainingData data = TrainingData.Prepare(images, run.Recipe.Data);
        using (run.OpenOrCreate(folder["run"], data, "counterpoise train")) { }

        using RunFolder opened = run.OpenOrCreate(folder["run"], data, "again");
        Assert.Equal(run, TrainingPlan.Of(opened));
        Assert.Equal(data.ClassCounts, TrainingPlan.ClassCountsOf(opened));
        Assert.Equal(data.Train.Classes, TrainingPlan.ClassesOf(opened));
        Assert.Equal(data.Normalisation, TrainingPlan.NormalisationOf(opened));
        Assert.Equal(2, TrainingPlan.Of(opened, new ResumeOptions { Threads = 2 }).Execution.Threads);
    }

    [Fact]
    public void A_device_that_cannot_hold_the_network_is_refused()
    {
        TrainingPlan onCard = run with { Execution = run.Execution with { Device = "cuda:1" } };

        onCard.RequireMemory(free: 6_000_000, classes: 10); // 464,154 parameters of 4 bytes, three times.

        UsageException refused = Assert.Throws<UsageException>(() => onCard.RequireMemory(5_000_000, 10));
        Assert.Contains(
            "cuda:1 has 5 MB free, but resnet32 with its gradients and momentum takes 6 MB",
            refused.Message
        );
    }

    [Fact]
    public void A_run_keeps_how_its_files_are_read_and_is_never_trained_on_another_reading()
    {
        foreach (string part in new[] { "train", "test" })
        {
            foreach (string name in new[] { "a", "b" })
            {
                string path = Path.Combine(folder["images"], part, name, "0.png");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Data.TestFiles.Write(path, SkiaSharp.SKColors.Red);
            }
        }

        var files = new OpenOptions { Decoding = DecodingRules.First };
        using ImageData old = ImageDataSource.Open(folder["images"], files);
        using ImageData read = ImageDataSource.Open(folder["images"]);
        TrainingData oldData = TrainingData.Prepare(old, run.Recipe.Data);
        TrainingData data = TrainingData.Prepare(read, run.Recipe.Data);
        Assert.NotEqual(oldData.Fingerprint, data.Fingerprint);
        Assert.Contains(old.Notes, note => note.Contains("by the rules of older versions", StringComparison.Ordinal));

        TrainingPlan older = run with
        {
            Source = folder["images"],
            Decoding = DecodingRules.First,
            Listing = new ListingOptions(),
        };
        older.OpenOrCreate(folder["run"], oldData, "counterpoise train").Dispose();
        string description = Path.Combine(folder["run"], "run.json");
        File.WriteAllLines(description, File.ReadAllLines(description).Where(line => !line.Contains("\"decoding\"")));
        string refusal = Assert
            .Throws<CounterpoiseException>(() => run.OpenOrCreate(folder["run"], data, "again"))
            .Message;
        Assert.Contains("reads image files by decoding 1, but these were read by decoding 2; go on with it", refusal);
        using RunFolder opened = RunFolder.Open(folder["run"], write: false);
        var resumed = TrainingPlan.Of(opened);
        Assert.Equal(DecodingRules.First, resumed.OpenOptions.Reading.Rules);
        using ImageData again = ImageDataSource.Open(folder["images"], resumed.OpenOptions);
        TrainingPlan.RequireSameData(opened, TrainingData.Prepare(again, run.Recipe.Data), "images");
    }

    [Fact]
    public void A_run_of_rules_that_are_not_known_is_refused()
    {
        run.OpenOrCreate(folder["run"], TrainingData.Prepare(images, run.Recipe.Data), "counterpoise train").Dispose();
        string file = Path.Combine(folder["run"], "run.json");
        string text = File.ReadAllText(file);
        Assert.Contains("\"decoding\": 2", text);
        File.WriteAllText(file, text.Replace("\"decoding\": 2", "\"decoding\": 3", StringComparison.Ordinal));
        using RunFolder opened = RunFolder.Open(folder["run"], write: false);
        Assert.Contains(
            "reads image files by decoding 3, and this version knows 1 to 2; use counterpoise ",
            Assert.Throws<CounterpoiseException>(() => TrainingPlan.Of(opened)).Message
        );
    }

    [Fact]
    public void A_recipe_written_before_a_setting_existed_is_the_same_recipe()
    {
        TrainingData data = TrainingData.Prepare(images, run.Recipe.Data);
        run.OpenOrCreate(folder["run"], data, "counterpoise train").Dispose();
        string file = Path.Combine(folder["run"], "recipe.toml");
        File.WriteAllLines(
            file,
            File.ReadAllLines(file).Where(line => !line.StartsWith("until", StringComparison.Ordinal))
        );
        run.OpenOrCreate(folder["run"], data, "again").Dispose();
    }

    [Theory]
    [InlineData("\"precision\": \"fp32\"", "\"precision\": \"fp17\"", "precision")]
    [InlineData("\"threads\": 1", "\"threads\": \"one\"", "threads")]
    public void A_description_that_was_tampered_with_is_an_error_in_one_line(string from, string to, string key)
    {
        run.OpenOrCreate(folder["run"], TrainingData.Prepare(images, run.Recipe.Data), "counterpoise train").Dispose();
        string file = Path.Combine(folder["run"], "run.json");
        string text = File.ReadAllText(file);
        Assert.Contains(from, text);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<CounterpoiseException>(() =>
        {
            using RunFolder opened = RunFolder.Open(folder["run"], write: false);
            _ = TrainingPlan.Of(opened);
        });
        Assert.Contains($"run.json: '{key}' is \"", error.Message);
        Assert.Contains(", expected ", error.Message);
    }

    [Fact]
    public void Another_recipe_or_other_data_is_refused()
    {
        TrainingData data = TrainingData.Prepare(images, run.Recipe.Data);
        run.OpenOrCreate(folder["run"], data, "counterpoise train").Dispose();
        TrainingPlan other = run with { Recipe = run.Recipe with { Seed = 1 } };
        Assert.Throws<CounterpoiseException>(() => other.OpenOrCreate(folder["run"], data, "again"));
        using ImageData otherImages = SyntheticImages.Open(1, trainPerClass: 4, testPerClass: 1);
        TrainingData otherData = TrainingData.Prepare(otherImages, run.Recipe.Data);
        Assert.Throws<CounterpoiseException>(() => run.OpenOrCreate(folder["run"], otherData, "again"));
        run.OpenOrCreate(folder["run"], data, "the refusals gave the lock back").Dispose();
    }

    public void Dispose()
    {
        images.Dispose();
        folder.Dispose();
    }
}
