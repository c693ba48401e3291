using Counterpoise.Basics;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>
/// Reads and writes safetensors files, the format in which PyTorch users exchange tensors
/// (https://huggingface.co/docs/safetensors): 8 bytes of header length, a JSON header, the tensors' bytes.
/// </summary>
/// <remarks>
/// A written file carries a checksum: its metadata's <c>sha256</c> is the SHA-256, in lower-case hexadecimal, of the
/// whole file in which those 64 digits are zeros. It is checked on reading; a file without one, from Python for
/// instance, is read as well.
/// </remarks>
internal static class Safetensors
{
    private const string Advice = "Copy or download the file again.";

    /// <summary>Writes tensors to a file, whole or not at all. The same content always gives the same bytes.</summary>
    /// <param name="path">The file to create or replace; its folder must exist.</param>
    /// <param name="tensors">
    /// Tensors by name, of any shape and on any device, of type float64, float32, float16, bfloat16, int64, int32,
    /// int16, int8, uint8 or bool. Whatever their strides, they are written in row-major order.
    /// </param>
    /// <param name="metadata">Strings to write beside them, or null. A <c>sha256</c> in it is replaced.</param>
    /// <exception cref="CounterpoiseException">
    /// A tensor's type cannot be written, a name occurs twice or is <c>__metadata__</c>, or the file cannot be written.
    /// </exception>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsWriter.Write(path, tensors, metadata ?? new Dictionary<string, string>());
    }

    /// <summary>Reads and checks a whole file.</summary>
    /// <param name="path">The file to read.</param>
    /// <returns>New CPU tensors that belong to the caller, and the metadata.</returns>
    /// <exception cref="CounterpoiseException">The file cannot be read, or is damaged; the message says how.</exception>
    public static SafetensorsFile Read(string path) => Read(path, Advice);

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="path">The file to read.</param>
    /// <param name="advice">The end of the message about a damaged file: what the user should do.</param>
    internal static SafetensorsFile Read(string path, string advice)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SafetensorsReader.Read(path, advice);
    }
}
