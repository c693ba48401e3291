using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Interop;
using static TorchSharp.torch;

namespace Counterpoise.Runs;

/// <summary>
/// Everything that a run needs to go on from one moment and end with the same bits. It is one safetensors file, so other
/// tools can read the tensors; the rest is JSON in the file's metadata.
/// </summary>
/// <param name="Epoch">Completed epochs, over all phases.</param>
/// <param name="Step">Steps done in the epoch after those; 0 between epochs.</param>
/// <param name="MetricsLength">The length of the run's metrics at this moment, in bytes.</param>
/// <param name="State">Whatever else the trainer keeps. NaN and infinities in it are saved as strings.</param>
/// <param name="Tensors">
/// Parameters, buffers and optimizer state by name. <see cref="Save"/> leaves them alone; those from <see cref="Load"/>
/// are new, on the CPU, in no dispose scope, and the caller's to dispose of.
/// </param>
internal sealed record Checkpoint(
    int Epoch,
    int Step,
    long MetricsLength,
    JsonObject State,
    IReadOnlyDictionary<string, Tensor> Tensors
)
{
    private const string Key = "counterpoise";
    private const string Advice = "Delete this file to resume from the previous checkpoint.";

    /// <summary>Writes the checkpoint, whole or not at all.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <exception cref="CounterpoiseException">The file could not be written.</exception>
    public void Save(string path)
    {
        string json = JsonSerializer.Serialize(new Saved(Epoch, Step, MetricsLength, State), JsonFormat.OneLine);
        Safetensors.Write(path, Tensors, new Dictionary<string, string> { [Key] = json });
    }

    /// <summary>Reads a checkpoint and checks it against its checksum.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <exception cref="CounterpoiseException">The file cannot be read, is damaged, or is no checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        SafetensorsFile file = Safetensors.Read(path, Advice);
        try
        {
            if (!file.Metadata.TryGetValue(Key, out string? text))
            {
                throw new CounterpoiseException(
                    $"{path}: is not a checkpoint of Counterpoise: its metadata has no '{Key}'. {Advice}"
                );
            }

            Saved saved =
                JsonSerializer.Deserialize<Saved>(text, JsonFormat.OneLine) ?? throw new JsonException("null");
            return new Checkpoint(saved.Epoch, saved.Step, saved.MetricsLength, saved.State, file.Tensors);
        }
        catch (JsonException failure)
        {
            file.Dispose();
            throw new CounterpoiseException(
                $"{path}: damaged: its '{Key}' must be JSON with epoch, step, metricsLength and state. {Advice}",
                failure
            );
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private sealed record Saved(int Epoch, int Step, long MetricsLength, JsonObject State);
}
