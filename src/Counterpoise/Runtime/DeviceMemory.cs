using System.Runtime.InteropServices;
using TorchSharp;

namespace Counterpoise.Runtime;

/// <summary>The memory of a device.</summary>
internal static partial class DeviceMemory
{
    /// <summary>Bytes that nobody uses: of the GPU that libtorch computes on, or of this machine.</summary>
    internal static long FreeBytes(torch.Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }

        // Needs a context, which libtorch makes with the first tensor there.
        using torch.Tensor first = torch.zeros(1, device: device);
        return FreeAndTotal(out nuint free, out _) == 0 ? (long)free : 0;
    }

    [LibraryImport("libcuda.so.1", EntryPoint = "cuMemGetInfo_v2")]
    private static partial int FreeAndTotal(out nuint free, out nuint total);
}
