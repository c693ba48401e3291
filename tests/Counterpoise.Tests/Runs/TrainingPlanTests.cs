using Counterpoise.Basics;
using Counterpoise.Data;
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
