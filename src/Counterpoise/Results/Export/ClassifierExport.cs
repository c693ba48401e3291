using Counterpoise.Basics;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Networks;
using Counterpoise.Runs;

namespace Counterpoise.Results.Export;

/// <summary>Takes the classifier out of a run folder, for other programs.</summary>
public static class ClassifierExport
{
    /// <summary>The classifier as an ONNX model.</summary>
    /// <param name="run">The run folder, finished or not.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <exception cref="CounterpoiseException">It is no run folder, or its checkpoint is missing or damaged.</exception>
    /// <exception cref="UsageException">The network cannot be written as the options want it.</exception>
    public static OnnxModel ToOnnx(string run, OnnxOptions? options = null)
    {
        using RunFolder folder = RunFolder.Open(run, write: false);
        return ToOnnx(folder, options);
    }

    /// <summary>Writes the classifier's parameters, and its description as metadata, to a safetensors file.</summary>
    /// <param name="run">The run folder, finished or not.</param>
    /// <param name="file">The file to create or replace.</param>
    /// <exception cref="CounterpoiseException">It is no run folder, its checkpoint is missing or damaged, or the file cannot be written.</exception>
    public static void ToSafetensors(string run, string file)
    {
        using RunFolder folder = RunFolder.Open(run, write: false);
        ToSafetensors(folder, file);
    }

    /// <summary>The classifier as an ONNX model.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <exception cref="CounterpoiseException">There is no checkpoint, or it is damaged.</exception>
    /// <exception cref="UsageException">The network cannot be written as the options want it.</exception>
    internal static OnnxModel ToOnnx(RunFolder folder, OnnxOptions? options = null, string? checkpoint = null)
    {
        using CheckpointNetwork run = Open(folder, checkpoint);
        return OnnxModel.Of(run.Network, ClassifierDescription.Of(folder), options);
    }

    /// <summary>A frozen network and the classifier of its features as one ONNX model.</summary>
    /// <param name="frozen">The frozen network.</param>
    /// <param name="folder">The run on its features, finished or not.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <exception cref="CounterpoiseException">There is no checkpoint, it is damaged, or the features were made by another network.</exception>
    /// <exception cref="UsageException">The networks cannot be written as the options want it.</exception>
    internal static OnnxModel ToOnnx(
        FrozenNetwork frozen,
        RunFolder folder,
        OnnxOptions? options = null,
        string? checkpoint = null
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        frozen.Require(folder.Required(folder.Description.FeaturesIdentity, "features_identity"), folder.Path);
        using CheckpointNetwork run = Open(folder, checkpoint);
        return OnnxModel.Of(
            frozen,
            TrainingPlan.NormalisationOf(folder),
            run.Network,
            ClassifierDescription.Of(folder, frozen),
            options
        );
    }

    /// <summary>Writes the classifier's parameters, and its description as metadata, to a safetensors file.</summary>
    /// <param name="folder">The run, finished or not.</param>
    /// <param name="file">The file to create or replace.</param>
    /// <param name="checkpoint">The checkpoint to use; null for the last one.</param>
    /// <exception cref="CounterpoiseException">There is no checkpoint, it is damaged, or the file cannot be written.</exception>
    internal static void ToSafetensors(RunFolder folder, string file, string? checkpoint = null)
    {
        using CheckpointNetwork run = Open(folder, checkpoint);
        NetworkParameters.Save(run.Network, file, ClassifierDescription.Of(folder).ToMetadata());
    }

    private static CheckpointNetwork Open(RunFolder folder, string? checkpoint)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new CheckpointNetwork(folder, checkpoint ?? CheckpointEvaluation.LastCheckpoint(folder));
    }
}
