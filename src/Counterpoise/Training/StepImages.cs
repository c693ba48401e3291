using static TorchSharp.torch;

namespace Counterpoise.Training;

/// <summary>The images of one step as they were read, and their labels, for each of the sampler's streams.</summary>
/// <param name="Images">[N, 3, H, W], uint8, augmented, in no dispose scope.</param>
/// <param name="Labels">The N labels.</param>
internal sealed record StepImages(Tensor[] Images, int[][] Labels) : IDisposable
{
    /// <summary>The number of images of the first stream.</summary>
    internal int Count => Labels[0].Length;

    public void Dispose()
    {
        foreach (Tensor images in Images)
        {
            images.Dispose();
        }
    }
}
