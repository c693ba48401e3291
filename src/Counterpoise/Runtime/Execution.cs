using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Counterpoise.Basics;
using TorchSharp;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runtime;

/// <summary>Where and how a run computes. The same data, recipe and execution give the same bits on the same processor, and on the same GPU where that is asked for.</summary>
/// <param name="Threads">Threads within one operation.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
/// <param name="Precision">The resolved precision of the network, never <see cref="Precision.Auto"/>.</param>
public sealed record Execution(int Threads, string Device, Precision Precision)
{
    private const string Cpu = "cpu";
    private const string Cuda = "cuda";
    private static readonly Version FirstWithBFloat16 = new(8, 0);

    /// <summary>Resolves what the user left open for this machine.</summary>
    /// <param name="threads">Threads, or null for one a processor, of those that are this rank's.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="precision">The wanted precision.</param>
    /// <exception cref="UsageException">There is no libtorch to use, the device is not known or not there, or the threads are not positive.</exception>
    public static Execution Resolve(int? threads, string device, Precision precision)
    {
        if (threads is < 1)
        {
            throw new UsageException($"{Named("threads")} is {threads}, expected 1 or more.");
        }

        if (device is not ("auto" or Cpu) && CudaIndex(device) is null)
        {
            throw new UsageException($"{Named("device")} is {device}, expected auto, cpu, cuda or cuda:N.");
        }

        Libtorch libtorch = Libtorch.Require();
        int gpus = device == Cpu || !torch.cuda.is_available() ? 0 : torch.cuda.device_count();
        string resolved = device == "auto" ? (gpus > 0 ? Cuda : Cpu) : device;
        if (CudaIndex(resolved) is { } index && index >= gpus)
        {
            throw new UsageException(
                gpus == 0
                    ? $"{Named("device")} is {device}, but {Gpus.WhyNone(libtorch)}; {Gpus.Remedy(libtorch)}, or use {Named("device")} cpu."
                    : $"{Named("device")} is {device}, but there {(gpus == 1 ? "is 1 GPU" : $"are {gpus} GPUs")}, numbered from 0; expected cuda:0 to cuda:{gpus - 1}."
            );
        }

        return new Execution(
            threads ?? RankLaunch.Processors,
            resolved,
            precision == Precision.Auto ? Fastest(resolved) : precision
        )
        {
            Note =
                device == "auto" && gpus == 0 && CudaDriver.Present is { Gpus: [var gpu, ..] }
                    ? $"{gpu.Name} is not used: {Gpus.WhyNone(libtorch)}; {Gpus.Remedy(libtorch)}"
                    : null,
        };
    }

    /// <summary>The threads, in words.</summary>
    internal string ThreadCount => Threads == 1 ? "1 thread" : $"{Threads} threads";

    /// <summary>What the user should know of the device that was chosen; null for nothing.</summary>
    internal string? Note { get; init; }

    private static Precision Fastest(string device)
    {
        bool hasBFloat16 = CudaIndex(device) is { } index
            ? CudaDriver.Present?.Gpus.ElementAtOrDefault(index)?.Capability >= FirstWithBFloat16
            : ComputesInBFloat16;
        return hasBFloat16 ? Precision.Bf16 : Precision.Fp32;
    }

    /// <summary>The number of the GPU that is meant; null where none is.</summary>
    private static int? CudaIndex(string device) =>
        device == Cuda ? 0
        : device.StartsWith(Cuda + ":", StringComparison.Ordinal)
        && int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
        : null;

    /// <summary>Whether this processor multiplies bfloat16 numbers in hardware (AVX512_BF16 or AMX).</summary>
    public static bool ComputesInBFloat16 { get; } = AskProcessor();

    /// <summary>Whether images, decisions and what steps find stay on the device as long as they can, as is fast on a GPU.</summary>
    internal bool KeepsOnDevice { get; init; } = Device != Cpu;

    /// <summary>Whether all parameters are changed in one call, which rounds otherwise.</summary>
    internal bool FusesUpdates { get; init; } = Device != Cpu;

    /// <summary>Whether the same bits come each time on the same card, for which it is slower. On a processor they do anyway.</summary>
    public bool IsDeterministic { get; init; }

    /// <summary>The GPU, in CUDA's order; null for none. Of several ranks on a machine each takes its own where no number is given.</summary>
    internal int? GpuIndex =>
        Device == Cuda && RankLaunch.LocalRank > 0
            ? RankLaunch.LocalRank % Math.Max(1, torch.cuda.device_count())
            : CudaIndex(Device);

    /// <summary>The GPU as its driver describes it; null for none.</summary>
    internal Gpu? Gpu => GpuIndex is { } index ? CudaDriver.Present?.Gpus.ElementAtOrDefault(index) : null;

    /// <summary>Bytes that nobody uses: of the GPU, or of this machine.</summary>
    internal long FreeMemory =>
        GpuIndex is { } index ? CudaDriver.FreeMemory(index) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>What is used of the GPU, by this process and others, in MB; null for none.</summary>
    internal double? UsedGpuMemoryMb => Gpu is { } gpu ? (gpu.Memory - FreeMemory) / 1e6 : null;

    /// <summary>How many GPUs several trainings on this device share.</summary>
    internal int GpusToShare => Device == Cuda ? Math.Max(1, CudaDriver.Present?.Gpus.Count ?? 1) : 1;

    /// <summary>The device of one of several trainings: of several GPUs each gets its share.</summary>
    /// <param name="place">Which of those at a time it is, from 0.</param>
    internal string DeviceOf(int place) =>
        GpusToShare == 1 ? Device : string.Create(CultureInfo.InvariantCulture, $"{Cuda}:{place % GpusToShare}");

    internal torch.Device TorchDevice =>
        GpuIndex is { } index
            ? new torch.Device(string.Create(CultureInfo.InvariantCulture, $"{Cuda}:{index}"))
            : torch.CPU;

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
