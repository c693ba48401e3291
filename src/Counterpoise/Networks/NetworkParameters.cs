using Counterpoise.Basics;
using Counterpoise.Interop;
using TorchSharp.Modules;
using static Counterpoise.Basics.SettingName;
using static TorchSharp.torch;

namespace Counterpoise.Networks;

/// <summary>A network's parameters and buffers as a safetensors file, under the names that PyTorch users know.</summary>
internal static class NetworkParameters
{
    private const string Counter = "num_batches_tracked";
    private const int Named = 8;

    /// <summary>Writes parameters and buffers, whole or not at all.</summary>
    /// <param name="network">The network.</param>
    /// <param name="file">The file to create or replace.</param>
    /// <param name="metadata">Strings to write beside them.</param>
    /// <exception cref="CounterpoiseException">The file cannot be written.</exception>
    public static void Save(StagedNetwork network, string file, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Safetensors.Write(file, Of(network), metadata);
    }

    /// <summary>Reads parameters and buffers; a classifier of another kind or size stays as it is.</summary>
    /// <param name="network">The network to change.</param>
    /// <param name="file">A safetensors file, such as one of torchvision's weights.</param>
    /// <returns>What the user must be told, one line each.</returns>
    /// <exception cref="CounterpoiseException">
    /// The file cannot be read, or tensors are missing, unexpected or of another shape; the network is as it was.
    /// </exception>
    public static IReadOnlyList<string> Load(StagedNetwork network, string file)
    {
        ArgumentNullException.ThrowIfNull(network);
        using SafetensorsFile read = Safetensors.Read(file);
        Dictionary<string, Tensor> own = Of(network);
        string head = $"{network.HeadName}.";
        bool headFits = Differences(HeadOf(own, head), HeadOf(read.Tensors, head)).Length == 0;
        string[] differences = Differences(Part(own, head, headFits), Part(read.Tensors, head, headFits));
        if (differences.Length > 0)
        {
            string more = differences.Length > Named ? $", and {differences.Length - Named} more" : "";
            throw new CounterpoiseException(
                $"{file}: does not fit {network.GetName()}: {string.Join(", ", differences.Take(Named))}{more}; "
                    + $"give the parameters of that network, or choose its own with {Named("model")}."
            );
        }

        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in Part(own, head, headFits))
        {
            if (read.Tensors.TryGetValue(name, out Tensor? value))
            {
                tensor.copy_(value);
            }
        }

        return headFits
            ? []
            :
            [
                $"{file}: the classifier ({network.HeadName}) is of another size or kind and starts from random parameters",
            ];
    }

    /// <summary>Parameters and buffers by name.</summary>
    internal static Dictionary<string, Tensor> Of(StagedNetwork network)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            tensors[name] = parameter;
        }

        foreach ((string name, Tensor buffer) in network.named_buffers())
        {
            tensors[name] = buffer;
        }

        return tensors;
    }

    private static Dictionary<string, Tensor> HeadOf(IReadOnlyDictionary<string, Tensor> tensors, string head) =>
        tensors
            .Where(pair => pair.Key.StartsWith(head, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>All tensors, or those below the head.</summary>
    private static Dictionary<string, Tensor> Part(
        IReadOnlyDictionary<string, Tensor> tensors,
        string head,
        bool withHead
    ) =>
        tensors
            .Where(pair => withHead || !pair.Key.StartsWith(head, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>What is missing, unexpected or of another shape. Counters of batches, which no one needs, may be missing.</summary>
    private static string[] Differences(Dictionary<string, Tensor> own, Dictionary<string, Tensor> read) =>
        [
            .. own.Where(pair => !read.ContainsKey(pair.Key) && !pair.Key.EndsWith(Counter, StringComparison.Ordinal))
                .Select(pair => $"{pair.Key} is missing"),
            .. read.Where(pair => !own.ContainsKey(pair.Key)).Select(pair => $"{pair.Key} is unexpected"),
            .. own.Where(pair =>
                    read.TryGetValue(pair.Key, out Tensor? found) && !found.shape.SequenceEqual(pair.Value.shape)
                )
                .Select(pair =>
                    $"{pair.Key} is [{string.Join(", ", read[pair.Key].shape)}], expected [{string.Join(", ", pair.Value.shape)}]"
                ),
        ];
}
