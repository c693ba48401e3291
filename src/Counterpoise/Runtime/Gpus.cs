namespace Counterpoise.Runtime;

/// <summary>Why no GPU can be used, and what to do about it, in words.</summary>
internal static class Gpus
{
    /// <summary>Why libtorch computes on the processor alone.</summary>
    internal static string WhyNone(Libtorch libtorch) =>
        libtorch.Folder is { HasCuda: false }
            ? $"{libtorch.Description} is built without CUDA"
            : CudaDriver.Present switch
            {
                null => "there is no NVIDIA driver",
                { Error: { } error } => $"the NVIDIA driver answers with error {error}",
                { Gpus: [] } => "the NVIDIA driver has no GPU for this process",
                var driver => $"{libtorch.Description} cannot use the NVIDIA driver, which serves CUDA {driver.Cuda}",
            };

    /// <summary>What helps.</summary>
    internal static string Remedy(Libtorch libtorch) =>
        libtorch.Folder is { HasCuda: false }
            ? $"take one with CUDA (pip install 'torch{Libtorch.PipRange}' and {Libtorch.Variable}=python)"
            : CudaDriver.Present switch
            {
                null => "install NVIDIA's driver",
                { Error: not null } => "run nvidia-smi to see what is wrong with it",
                { Gpus: [] } => "look at CUDA_VISIBLE_DEVICES",
                _ => "install a newer driver, or a libtorch for an older CUDA",
            };
}
