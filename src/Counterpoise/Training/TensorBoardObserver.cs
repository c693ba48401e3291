using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Interop.TensorBoard;
using Counterpoise.Runs;

namespace Counterpoise.Training;

/// <summary>Writes the scalars of every epoch of a run into files that TensorBoard reads, in <c>tensorboard/</c> of its folder.</summary>
/// <remarks>
/// Each training that starts or goes on writes a new file. It begins with all earlier epochs of the metrics, whether or not
/// an older file has them, and with a mark at which TensorBoard drops what it read of those: no epoch is lost or shown
/// twice, not even where a run was killed between its checkpoint and this file, or began without TensorBoard.
/// </remarks>
/// <param name="run">The run that is trained, open for writing.</param>
/// <param name="classes">The classes' names in label order.</param>
internal sealed class TensorBoardObserver(RunFolder run, IReadOnlyList<string> classes) : ITrainingObserver
{
    private EventFile? file;

    /// <summary>The folder of the files.</summary>
    public string Folder { get; } = Path.Combine(run.Path, "tensorboard");

    /// <inheritdoc/>
    public void OnStep(TrainingProgress progress) { }

    /// <inheritdoc/>
    /// <exception cref="CounterpoiseException">The file could not be written; the run can be resumed.</exception>
    public void OnEpoch(EpochMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (file is null)
        {
            file = EventFile.Create(Folder, now);
            file.Append([EventMessage.FileVersion(now), EventMessage.SessionStart(now), .. Epochs(now)]);
        }
        else
        {
            file.Append([Epoch(metrics.ToJson(), now)]);
        }
    }

    /// <inheritdoc/>
    public void OnMessage(string message) { }

    /// <summary>All epochs so far. When the earlier ones ended is not known but for their training time, which dates them.</summary>
    private IEnumerable<byte[]> Epochs(DateTimeOffset now)
    {
        JsonObject[] lines = [.. run.ReadMetrics()];
        double later = lines.Sum(line => EpochScalars.Number(line["seconds"]) ?? 0);
        foreach (JsonObject line in lines)
        {
            later -= EpochScalars.Number(line["seconds"]) ?? 0;
            yield return Epoch(line, now - TimeSpan.FromSeconds(later));
        }
    }

    private byte[] Epoch(JsonObject line, DateTimeOffset time) =>
        EventMessage.Scalars(time, (int)line["epoch"]!, EpochScalars.Of(line, classes));
}
