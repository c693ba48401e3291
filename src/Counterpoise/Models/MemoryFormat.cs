using static TorchSharp.torch;

namespace Counterpoise.Models;

/// <summary>The order of a feature map's numbers in memory.</summary>
internal static class MemoryFormat
{
    /// <summary>A copy of a map [N, C, H, W] whose channels lie next to each other: the order convolutions are fastest in.</summary>
    internal static Tensor ChannelsLast(Tensor map)
    {
        using var scope = NewDisposeScope();
        return map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
