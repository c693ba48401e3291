using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">
/// The tensors by name: new, on the CPU, contiguous, in no dispose scope. Whoever read the file disposes of them, one by
/// one or with <see cref="Dispose"/>.
/// </param>
/// <param name="Metadata">The file's strings by key, without the checksum.</param>
internal sealed record SafetensorsFile(
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyDictionary<string, string> Metadata
) : IDisposable
{
    /// <summary>Disposes of all tensors.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
