using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Training;

namespace Counterpoise.Tests.Runs;

public sealed class FirstPhaseTests : IDisposable
{
    private readonly PhaseRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("erm", "crt", "crt.epochs=2")]
    [InlineData("erm", "lws", "lws.epochs=2")]
    [InlineData("erm", "oltr", "oltr.epochs=2")]
    [InlineData("erm", "tau-norm", "tau-norm.tau=0.6")]
    [InlineData("erm", "post-hoc-adjustment", "post-hoc-adjustment.tau=0.6")]
    [InlineData("erm", "nearest-mean", "training.momentum=0.9")]
    [InlineData("mfw", "mfw+lda", "lda.shrinkage=0.5")]
    [InlineData("mfw", "mfw+crt", "crt.epochs=2")]
    public void A_second_phase_from_a_finished_run_gives_the_bits_of_both_in_one(
        string first,
        string both,
        string setting
    )
    {
        Recipe recipe = Both(both, setting);
        RunFolder whole = runs.Train("whole", recipe);
        RunFolder from = runs.Train("first", PhaseRuns.Recipe(first));
        byte[] before = File.ReadAllBytes(from.Checkpoints[^1].Path);

        RunFolder run = runs.Open("run", recipe);
        FirstPhase.Copy(recipe, runs.Data(recipe), run, from);
        run.Dispose();
        RunFolder trained = runs.Train("run", recipe);

        PhaseRuns.AssertSame(whole, trained);
        Assert.Equal(before, File.ReadAllBytes(from.Checkpoints[^1].Path));
    }

    [Fact]
    public void How_often_the_first_run_was_tested_does_not_matter()
    {
        Recipe recipe = Both("crt", "crt.epochs=1");
        RunFolder from = runs.Train("first", PhaseRuns.Recipe("erm", "training.evaluate_every=1"));
        FirstPhase.Check(recipe, runs.Data(recipe), from);
    }

    [Fact]
    public void Copying_again_after_a_kill_leaves_no_metrics_twice()
    {
        Recipe recipe = Both("crt", "crt.epochs=1");
        RunFolder from = runs.Train("first", PhaseRuns.Recipe("erm"));
        RunFolder run = runs.Open("run", recipe);
        foreach (JsonObject line in from.ReadMetrics())
        {
            run.AppendMetrics(line); // The checkpoint would have been next.
        }

        FirstPhase.Copy(recipe, runs.Data(recipe), run, from);
        run.Dispose();

        Assert.Equal([1, 2, 3], runs.Train("run", recipe).ReadMetrics().Select(line => (int)line["epoch"]!));
    }

    [Fact]
    public void A_run_that_is_not_finished_is_refused()
    {
        runs.TrainUntil("first", PhaseRuns.Recipe("erm"), "step 2.1");
        RunFolder from = runs.Open("first", PhaseRuns.Recipe("erm"));
        Refuse<CounterpoiseException>(
            Both("crt", "crt.epochs=1"),
            from,
            "is not finished",
            $"'counterpoise resume {from.Path}'"
        );
    }

    [Theory]
    [InlineData("erm", "seed=1", "seed 1 there, 0 here")]
    [InlineData("erm", "training.learning_rate=0.02", "training.learning_rate 0.02 there, 0.05 here")]
    [InlineData("mfw", "seed=0", "mfw there, erm here")]
    public void A_run_of_another_recipe_is_refused(string methods, string setting, string difference)
    {
        RunFolder from = runs.Train("first", PhaseRuns.Recipe(methods, setting));
        Refuse<CounterpoiseException>(
            Both("crt", "crt.epochs=1"),
            from,
            "is a run of another recipe",
            difference,
            "give a run of erm with the same settings"
        );
    }

    [Fact]
    public void A_run_on_other_data_is_refused()
    {
        RunFolder from = runs.Train("first", PhaseRuns.Recipe("erm"));
        Recipe recipe = Both("crt", "crt.epochs=1");
        using ImageData other = SyntheticImages.Open(1, trainPerClass: 10, testPerClass: 2);
        RunFolder run = runs.Open("run", recipe);

        var error = Assert.Throws<CounterpoiseException>(() =>
            FirstPhase.Copy(recipe, TrainingData.Prepare(other, recipe.Data), run, from)
        );

        Assert.Contains(from.Path, error.Message);
        Assert.Contains("give the original with data", error.Message);
        AssertEmpty(run);
    }

    [Fact]
    public void A_recipe_without_a_second_phase_is_refused()
    {
        RunFolder from = runs.Train("first", PhaseRuns.Recipe("erm"));
        Refuse<UsageException>(PhaseRuns.Recipe("bbn"), from, "bbn has no second phase", "leave from out");
    }

    [Fact]
    public void A_first_phase_of_the_methods_own_is_refused()
    {
        RunFolder from = runs.Train("first", PhaseRuns.Recipe("erm"));
        Refuse<UsageException>(
            Both("oltr", "oltr.embedding=8"),
            from,
            "oltr needs a first one of its own",
            "leave from out"
        );
    }

    private static Recipe Both(string methods, string setting) =>
        methods == "tau-norm"
            ? RecipeText.Set(PhaseRuns.Recipe("erm").With(new TauNorm()), setting).Resolve()
            : PhaseRuns.Recipe(methods, setting);

    private void Refuse<T>(Recipe recipe, RunFolder from, params string[] named)
        where T : Exception
    {
        RunFolder run = runs.Open("run", recipe);
        T error = Assert.Throws<T>(() => FirstPhase.Copy(recipe, runs.Data(recipe), run, from));
        Assert.Contains(from.Path, error.Message);
        Assert.All(named, text => Assert.Contains(text, error.Message));
        AssertEmpty(run);
    }

    private static void AssertEmpty(RunFolder run)
    {
        Assert.Empty(run.Checkpoints);
        Assert.Empty(run.ReadMetrics());
    }
}
