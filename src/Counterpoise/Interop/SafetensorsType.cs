using System.Collections.Frozen;
using static TorchSharp.torch;

namespace Counterpoise.Interop;

/// <summary>A number type of the safetensors format.</summary>
/// <param name="Name">The name in the file's header.</param>
/// <param name="Type">TorchSharp's type.</param>
/// <param name="Size">Bytes of one element.</param>
internal sealed record SafetensorsType(string Name, ScalarType Type, int Size)
{
    private static readonly SafetensorsType[] All =
    [
        new("F64", ScalarType.Float64, 8),
        new("F32", ScalarType.Float32, 4),
        new("F16", ScalarType.Float16, 2),
        new("BF16", ScalarType.BFloat16, 2),
        new("I64", ScalarType.Int64, 8),
        new("I32", ScalarType.Int32, 4),
        new("I16", ScalarType.Int16, 2),
        new("I8", ScalarType.Int8, 1),
        new("U8", ScalarType.Byte, 1),
        new("BOOL", ScalarType.Bool, 1),
    ];

    internal static FrozenDictionary<string, SafetensorsType> ByName { get; } = All.ToFrozenDictionary(t => t.Name);

    internal static FrozenDictionary<ScalarType, SafetensorsType> ByType { get; } = All.ToFrozenDictionary(t => t.Type);

    internal static string Names => string.Join(", ", All.Select(t => t.Name));
}
