using System.Runtime.ExceptionServices;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Benchmarks.Work;

/// <summary>
/// The trainer itself, an epoch at a time: data, augmentation, metrics and checkpoint as in any training. It waits after
/// each epoch until it is asked for the next.
/// </summary>
internal sealed class EpochByEpoch : ITrainingObserver, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SemaphoreSlim asked = new(0);
    private readonly SemaphoreSlim answered = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly TrainingData data;
    private readonly Thread thread;
    private ExceptionDispatchInfo? failure;

    internal EpochByEpoch(Recipe recipe, TrainingData data, Execution execution)
    {
        this.data = data;
        thread = new Thread(() => Train(recipe, execution)) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Trains one epoch; the first one also sets up the training.</summary>
    internal Turn Next() =>
        Turn.Measure(
            data.Train.Count,
            () =>
            {
                asked.Release();
                answered.Wait();
                failure?.Throw();
            }
        );

    public void OnStep(TrainingProgress progress) { }

    public void OnEpoch(EpochMetrics metrics)
    {
        answered.Release();
        asked.Wait();
    }

    public void OnMessage(string message) { }

    public void Dispose()
    {
        stop.Cancel();
        asked.Release();
        thread.Join();
        stop.Dispose();
        asked.Dispose();
        answered.Dispose();
        folder.Dispose();
    }

    private void Train(Recipe recipe, Execution execution)
    {
        asked.Wait();
        try
        {
            using RunFolder run = RunFolder.Create(folder["run"], RecipeText.Write(recipe), new RunDescription());
            new Trainer(recipe, data, run, execution, this).Run(stop.Token);
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error); // Thrown where the next epoch is asked for.
        }
        finally
        {
            answered.Release();
        }
    }
}
