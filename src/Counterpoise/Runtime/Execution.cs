using System.Runtime.Intrinsics.X86;
using Counterpoise.Basics;
using TorchSharp;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runtime;

/// <summary>Where and how a run computes. The same data, recipe and execution give the same bits on the same machine.</summary>
/// <param name="Threads">Threads within one operation.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Precision">The resolved precision of the network, never <see cref="Precision.Auto"/>.</param>
public sealed record Execution(int Threads, string Device, Precision Precision)
{
    /// <summary>Resolves what the user left open for this machine.</summary>
    /// <param name="threads">Threads, or null for one a processor, of those that are this rank's.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="precision">The wanted precision.</param>
    /// <exception cref="UsageException">The device is not known or not there, or the threads are not positive.</exception>
    public static Execution Resolve(int? threads, string device, Precision precision)
    {
        if (threads is < 1)
        {
            throw new UsageException($"{Named("threads")} is {threads}, expected 1 or more.");
        }

        string resolved = device switch
        {
            "cpu" => "cpu",
            "cuda" when torch.cuda.is_available() => "cuda",
            "cuda" => throw new UsageException(
                $"{Named("device")} cuda: no CUDA device can be used; reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or use {Named("device")} cpu."
            ),
            "auto" => torch.cuda.is_available() ? "cuda" : "cpu",
            _ => throw new UsageException($"{Named("device")} is {device}, expected auto, cpu or cuda."),
        };
        Precision auto = resolved == "cpu" && ComputesInBFloat16 ? Precision.Bf16 : Precision.Fp32;
        return new Execution(
            threads ?? RankLaunch.Processors,
            resolved,
            precision == Precision.Auto ? auto : precision
        );
    }

    /// <summary>Whether this processor multiplies bfloat16 numbers in hardware (AVX512_BF16 or AMX).</summary>
    public static bool ComputesInBFloat16 { get; } = AskProcessor();

    /// <summary>Whether images, decisions and what steps find stay on the device as long as they can, as is fast on a GPU.</summary>
    internal bool KeepsOnDevice { get; init; } = Device != "cpu";

    /// <summary>Whether all parameters are changed in one call, which rounds otherwise.</summary>
    internal bool FusesUpdates { get; init; } = Device != "cpu";

    internal torch.Device TorchDevice => Device == "cuda" ? torch.CUDA : torch.CPU;

    internal torch.ScalarType ElementType =>
        Precision == Precision.Bf16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;

    private static bool AskProcessor()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        bool avx512 = Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;
        bool amx = (X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0;
        return avx512 || amx;
    }
}
