using static TorchSharp.torch;

namespace Counterpoise.Tests;

/// <summary>Counts tensors for tests that nothing is left behind.</summary>
internal static class LiveTensors
{
    /// <summary>How many there are, once those are gone that earlier tests left to the collector: they must not go in the middle of a test.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
