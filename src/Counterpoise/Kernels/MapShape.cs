using static TorchSharp.torch;

namespace Counterpoise.Kernels;

/// <summary>The shape of a batch of feature maps, their channels aside.</summary>
internal readonly record struct MapShape(int Images, int Height, int Width)
{
    /// <summary>Of a tensor [N, C, H, W].</summary>
    internal static MapShape Of(Tensor map)
    {
        long[] shape = map.shape;
        return new MapShape((int)shape[0], (int)shape[2], (int)shape[3]);
    }

    /// <summary>N H W.</summary>
    internal nint Pixels => (nint)Images * Height * Width;
}
