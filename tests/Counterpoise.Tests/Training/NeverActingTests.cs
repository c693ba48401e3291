using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Tests.Training;

/// <summary>What acts in none of the epochs that are trained is told, and then changes no bit.</summary>
public sealed class NeverActingTests : IDisposable
{
    private readonly PhaseRuns runs = new();

    public static TheoryData<string> Names => [.. MethodCatalogue.All.Select(method => method.Name)];

    public void Dispose() => runs.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_all_methods_those_are_told_whose_slots_do_nothing_in_any_epoch(string method)
    {
        for (int epochs = 1; epochs <= 12; epochs++)
        {
            Recipe recipe = Of(method, epochs);

            Assert.Equal(method != "erm" && DoesNothing(recipe), Says(recipe, $"{method} never acts: "));
        }
    }

    [Theory]
    [InlineData("drw", "drw.start=0")]
    [InlineData("drw", "drw.start=0.3")]
    [InlineData("drw", "drw.start=0.9")]
    [InlineData("drw", "drw.start=1")]
    [InlineData("mfw", "mfw.until=0")]
    [InlineData("mfw", "mfw.until=0.3")]
    public void So_they_are_with_other_settings(string method, string setting)
    {
        for (int epochs = 1; epochs <= 12; epochs++)
        {
            Recipe recipe = Of(method, epochs, setting);

            Assert.Equal(DoesNothing(recipe), Says(recipe, $"{method} never acts: "));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_a_method_that_is_told_the_same_bits_come_out(string method)
    {
        foreach (int epochs in new[] { 2, 4 })
        {
            Recipe recipe = Of(method, epochs);
            if (Says(recipe, $"{method} never acts: "))
            {
                AssertSame(Of("erm", epochs), recipe);
            }
        }
    }

    [Fact]
    public void A_method_that_is_not_told_changes_the_result()
    {
        Recipe plain = Of("erm", 5);
        Recipe deferred = Of("drw", 5);

        Assert.False(Says(deferred, "drw"));
        Assert.False(HaveSameTensors(runs.Train("erm", plain), runs.Train("drw", deferred)));
    }

    [Theory]
    [InlineData("mfw", "mfw.until=0", "erm", "")]
    [InlineData("mfw", "mfw.until=0.9", "mfw", "")]
    [InlineData("mfw+drw", "", "mfw", "")]
    [InlineData("erm", "training.warmup=2", "erm", "training.warmup=2 training.schedule=constant")]
    [InlineData(
        "erm",
        "training.schedule=multi-step training.milestones=[1,3]",
        "erm",
        "training.schedule=multi-step training.milestones=[1]"
    )]
    [InlineData("erm", "training.freeze=layer1 training.unfreeze_after=2", "erm", "training.freeze=layer1")]
    [InlineData(
        "nearest-mean",
        "training.freeze=layer1 training.unfreeze_after=2",
        "nearest-mean",
        "training.freeze=layer1"
    )]
    [InlineData("erm", "training.evaluate_every=2", "erm", "")]
    public void Without_a_setting_that_is_told_the_same_bits_come_out(
        string methods,
        string settings,
        string without,
        string others
    )
    {
        Recipe recipe = Of(methods, 2, Split(settings));

        Assert.Contains(Trainer.Check(recipe, runs.Data(recipe)), line => line.Contains(" never acts: "));
        AssertSame(Of(without, 2, Split(others)), recipe);
    }

    [Theory]
    [InlineData("erm", 3, "training.freeze=layer1 training.unfreeze_after=2")]
    [InlineData("crt", 2, "training.freeze=layer1 training.unfreeze_after=2")]
    [InlineData("erm", 4, "training.evaluate_every=3")]
    [InlineData("erm", 4, "training.schedule=multi-step training.milestones=[1,3]")]
    [InlineData("erm", 2, "training.evaluate_every=10")] // The usual one.
    [InlineData("mfw+drw", 5, "mfw.until=0.8")]
    public void What_acts_is_not_told(string methods, int epochs, string settings) =>
        Assert.False(Says(Of(methods, epochs, Split(settings)), ""));

    [Theory]
    [InlineData(
        "drw",
        4,
        "",
        "drw never acts: it begins after epoch 4, 0.8 of them (drw.start), and 4 epochs are trained."
    )]
    [InlineData(
        "mfw",
        4,
        "mfw.until=0.9",
        "mfw.until never acts: mixing ends after epoch 4, 0.9 of them (mfw.until), and 4 epochs are trained."
    )]
    [InlineData(
        "erm",
        1,
        "",
        "training.schedule never acts: it begins after epoch 1, at the end of training.warmup, and 1 epoch is trained."
    )]
    [InlineData(
        "erm",
        4,
        "training.schedule=multi-step training.milestones=[2,9]",
        "9 of training.milestones never acts: it lowers the learning rate after epoch 9, and 4 epochs are trained."
    )]
    [InlineData(
        "erm",
        4,
        "training.evaluate_every=7",
        "training.evaluate_every never acts: the first test before the end would be after epoch 7, and 4 epochs are trained."
    )]
    public void The_line_says_when_it_would_act(string methods, int epochs, string settings, string line) =>
        Assert.Equal([line], NeverActing.Of(Of(methods, epochs, Split(settings))));

    private static Recipe Of(string methods, int epochs, params string[] settings)
    {
        Recipe recipe = SmallTraining.Recipe("erm", epochs);
        recipe = recipe with { Data = recipe.Data with { HeldOut = 1 } };
        return settings.Aggregate(recipe.WithMethods(methods), RecipeText.Set).Resolve();
    }

    private static string[] Split(string settings) => settings.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool Says(Recipe recipe, string start) =>
        NeverActing.Of(recipe).Any(line => line.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Whether nothing is filled but slots that are asked in every epoch, and answer that nothing is to be done.</summary>
    private static bool DoesNothing(Recipe recipe)
    {
        int[] counts = [10, 3];
        Phase phase = recipe.Phases[0];
        return recipe.Phases.Count == 1
            && phase is { Loss: null, Sampler: null, Head: null }
            && Enumerable
                .Range(0, phase.Epochs)
                .Select(epoch => Contexts.At(counts, epoch, phase.Epochs))
                .All(context =>
                    phase.Mixer?.Value.Mix(context, [0, 1, 0]) is null && phase.Weights?.Value.At(context) is null
                );
    }

    private void AssertSame(Recipe plain, Recipe recipe)
    {
        RunFolder expected = runs.Train($"plain-{plain.Training.Epochs}", plain);
        RunFolder actual = runs.Train($"with-{plain.Training.Epochs}", recipe);
        Assert.True(HaveSameTensors(expected, actual));
        Assert.Equal(Result(expected), Result(actual));
    }

    private static bool HaveSameTensors(RunFolder expected, RunFolder actual)
    {
        Dictionary<string, double[]> wanted = Network(expected);
        Dictionary<string, double[]> found = Network(actual);
        Assert.Equal(wanted.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        return wanted.All(pair => pair.Value.SequenceEqual(found[pair.Key]));
    }

    /// <summary>What is trained, without what the optimizer would go on with.</summary>
    private static Dictionary<string, double[]> Network(RunFolder run) =>
        PhaseRuns
            .Numbers(run)
            .Where(pair => !pair.Key.StartsWith("momentum.", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static string Result(RunFolder run) =>
        string.Join(
            ' ',
            new[] { "loss", "accuracy", "balanced_accuracy", "train_accuracy" }.Select(key =>
                run.Result![key]!.ToJsonString()
            )
        );
}
