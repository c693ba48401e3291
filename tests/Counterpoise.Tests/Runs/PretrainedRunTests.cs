using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Training;
using Counterpoise.Training;

namespace Counterpoise.Tests.Runs;

public sealed class PretrainedRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PhaseRuns runs = new();

    public void Dispose()
    {
        runs.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_run_does_not_start_from_another_file_than_it_was_made_with()
    {
        Recipe recipe = PhaseRuns.Recipe("erm") with { Pretrained = folder["parameters"] };
        Save(seed: 1);
        RunFolder run = runs.Open("run", recipe);
        string digest = run.Description.PretrainedSha256!;
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Save(seed: 2);
        TrainingData data = runs.Data(recipe);
        string message = Assert
            .Throws<CounterpoiseException>(() =>
                new Trainer(recipe, data, run, PhaseRuns.Execution, new SmallTraining.SilentObserver()).Run(
                    TestContext.Current.CancellationToken
                )
            )
            .Message;
        Assert.Contains("its content has changed", message);
        Save(seed: 1);
        Assert.Equal(
            TrainingOutcome.Finished,
            new Trainer(recipe, data, run, PhaseRuns.Execution, new SmallTraining.SilentObserver()).Run(
                TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void What_is_neither_a_file_nor_a_name_is_refused_with_the_names()
    {
        Recipe recipe = PhaseRuns.Recipe("erm") with { Pretrained = "resnet5O" };
        Assert.EndsWith(
            "a repository as timm/..., or one of resnet18, resnet34, resnet50, resnext50, densenet121.",
            Assert.Throws<UsageException>(() => Trainer.Check(recipe, runs.Data(recipe))).Message
        );
    }

    private void Save(ulong seed)
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(seed));
        NetworkParameters.Save(network, folder["parameters"]);
    }
}
