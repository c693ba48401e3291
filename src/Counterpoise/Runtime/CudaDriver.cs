using System.Runtime.InteropServices;
using System.Text;

namespace Counterpoise.Runtime;

/// <summary>A GPU as the driver describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Memory">Its memory in bytes.</param>
/// <param name="Capability">Its compute capability.</param>
internal sealed record Gpu(string Name, long Memory, Version Capability);

/// <summary>NVIDIA's driver, asked without libtorch.</summary>
/// <param name="Version">The driver's version; null where the system does not tell it.</param>
/// <param name="Cuda">The newest CUDA that it serves.</param>
/// <param name="Gpus">The GPUs that this process may use, in CUDA's order.</param>
/// <param name="Error">The error that it answers with in place of GPUs; null for none.</param>
internal sealed unsafe record CudaDriver(string? Version, Version Cuda, IReadOnlyList<Gpu> Gpus, int? Error)
{
    private const int NoDevice = 100;
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;
    private static readonly Lazy<CudaDriver?> Asked = new(Ask);

    /// <summary>The driver of this machine; null where there is none.</summary>
    internal static CudaDriver? Present => Asked.Value;

    private static CudaDriver? Ask()
    {
        string file = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(file, out nint library))
        {
            return null;
        }

        try
        {
            return Ask(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null; // Something else of the same name.
        }
    }

    private static CudaDriver Ask(nint library)
    {
        var initialise = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
        var version = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDriverGetVersion");
        var count = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount");
        var device = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(library, "cuDeviceGet");
        var name = (delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetName");
        var memory = (delegate* unmanaged<nuint*, int, int>)NativeLibrary.GetExport(library, "cuDeviceTotalMem_v2");
        var attribute = (delegate* unmanaged<int*, int, int, int>)
            NativeLibrary.GetExport(library, "cuDeviceGetAttribute");

        int cuda = 0; // 12040 for 12.4.
        _ = version(&cuda);
        int gpus = 0;
        int answer = initialise(0);
        answer = answer == 0 ? count(&gpus) : answer;
        return new CudaDriver(
            KernelModule(),
            new Version(cuda / 1000, cuda % 1000 / 10),
            [.. Enumerable.Range(0, answer == 0 ? gpus : 0).Select(Describe)],
            answer is 0 or NoDevice ? null : answer
        );

        Gpu Describe(int index)
        {
            int handle = index;
            nuint bytes = 0;
            int major = 0;
            int minor = 0;
            byte* text = stackalloc byte[256];
            text[0] = 0;
            _ = device(&handle, index);
            _ = name(text, 256, handle);
            _ = memory(&bytes, handle);
            _ = attribute(&major, CapabilityMajor, handle);
            _ = attribute(&minor, CapabilityMinor, handle);
            string called = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
            return new Gpu(called, (long)bytes, new Version(major, minor));
        }
    }

    /// <summary>The version in a line such as "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ...".</summary>
    private static string? KernelModule()
    {
        const string file = "/proc/driver/nvidia/version";
        return File.Exists(file)
            ? File.ReadLines(file)
                .First()
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault(word => System.Version.TryParse(word, out _))
            : null;
    }
}
