using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Tests.Data;
using Counterpoise.Training;
using SkiaSharp;
using TorchSharp;

namespace Counterpoise.Tests.Training;

public sealed class TrainInOneCallTests : IDisposable
{
    private static readonly Recipe Recipe = Recipe.Erm.With(new Mfw()) with
    {
        Model = "resnet8",
        Data = new DataSettings { ImageSize = 8 },
        Training = new TrainingSettings
        {
            Epochs = 3,
            BatchSize = 4,
            Warmup = 1,
        },
    };

    private readonly TemporaryFolder folder = new();

    public TrainInOneCallTests()
    {
        foreach (
            (string name, int count, SKColor colour) in new[]
            {
                ("dark", 15, SKColors.Navy),
                ("light", 5, SKColors.Ivory),
            }
        )
        {
            Directory.CreateDirectory(folder[$"images/{name}"]);
            for (int i = 0; i < count; i++)
            {
                TestFiles.Write(folder[$"images/{name}/{i}.png"], colour.WithBlue((byte)(10 * i)));
            }
        }
    }

    public void Dispose()
    {
        torch.set_num_threads(1); // As for all other tests; the call takes a thread for each processor.
        folder.Dispose();
    }

    [Fact]
    public void What_is_said_and_read_is_what_the_run_folder_holds()
    {
        List<string> said = [];
        RunHistory run = Train(Recipe, "run", said.Add);
        Assert.Equal(["dark", "light"], run.Classes);
        Assert.Equal([12, 4], run.ClassCounts);
        Assert.Equal(3, run.Epochs.Count);
        Assert.NotNull(run.Result);
        Assert.NotNull(run.Test);
        Assert.Equal(3, said.Count(line => line.StartsWith("epoch ", StringComparison.Ordinal)));
        Assert.Contains(said, line => line.Contains("split off for testing", StringComparison.Ordinal));
        Assert.Equal(Recipe.Resolve(), run.Recipe);
        Assert.Equal(
            3,
            File.ReadLines(folder["run/log.txt"]).Count(line => line.StartsWith("epoch ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Stopped_and_called_again_it_ends_as_if_it_had_not_been_stopped()
    {
        using var stop = new CancellationTokenSource();
        RunHistory stopped = Train(Recipe, "stopped", StopAfterAnEpoch, stop.Token);
        Assert.Null(stopped.Result);
        Assert.Single(stopped.Epochs);
        RunHistory resumed = Train(Recipe, "stopped");
        RunHistory whole = Train(Recipe, "whole");
        Assert.Equal(whole.Epochs.Select(epoch => epoch.Loss), resumed.Epochs.Select(epoch => epoch.Loss));
        Assert.Equal(whole.Test!.PerClassAccuracy, resumed.Test!.PerClassAccuracy);

        void StopAfterAnEpoch(string line)
        {
            if (line.StartsWith("epoch ", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void A_folder_with_another_training_is_left_alone()
    {
        _ = Train(Recipe, "run");
        string before = File.ReadAllText(folder["run/result.json"]);
        CounterpoiseException refusal = Assert.Throws<CounterpoiseException>(() =>
            Train(Recipe with { Seed = 1 }, "run")
        );
        Assert.Contains("seed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder["run/result.json"]));
    }

    [Fact]
    public void A_setting_out_of_its_range_is_refused_before_anything_is_written()
    {
        UsageException refusal = Assert.Throws<UsageException>(() => Train(Recipe.With(new Mfw { Alpha = -1 }), "run"));
        Assert.Contains("alpha", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private RunHistory Train(
        Recipe recipe,
        string output,
        Action<string>? say = null,
        CancellationToken? stop = null
    ) => Trainer.Train(recipe, folder["images"], folder[output], say, stop ?? TestContext.Current.CancellationToken);
}
