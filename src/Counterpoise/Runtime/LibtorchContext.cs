using System.Runtime.InteropServices;

namespace Counterpoise.Runtime;

/// <summary>Settings of libtorch that hold for a whole process and that TorchSharp has no members for.</summary>
internal static unsafe class LibtorchContext
{
    private const string Setter = "_ZN2at7Context";

    /// <summary>Prepares CUDA for a training: as fast as the card allows, or with the same bits each time on the same card.</summary>
    /// <param name="isDeterministic">Whether the same bits matter more: then operators that cannot give them fail.</param>
    internal static void ForCuda(bool isDeterministic)
    {
        Set("17setAllowTF32CuDNNEb", true);
        Set("18setAllowTF32CuBLASEb", true);
        Set("17setBenchmarkCuDNNEb", !isDeterministic); // Tries algorithms by time, which differ from run to run.
        Set("21setDeterministicCuDNNEb", isDeterministic);
        SetDeterministicAlgorithms(isDeterministic);
        if (isDeterministic)
        {
            // cuBLAS reads it when it is used first; .NET's own variables are not the process's.
            _ = SetVariable("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        }
    }

    /// <summary>Whether libtorch takes only operators that give the same bits each time.</summary>
    internal static bool IsDeterministic =>
        ((delegate* unmanaged<nint, byte>)Function("_ZNK2at7Context23deterministicAlgorithmsEv"))(Context()) != 0;

    /// <summary>Whether cuDNN tries algorithms by time.</summary>
    internal static bool BenchmarksCuDnn =>
        ((delegate* unmanaged<nint, byte>)Function("_ZNK2at7Context14benchmarkCuDNNEv"))(Context()) != 0;

    private static void SetDeterministicAlgorithms(bool value) =>
        ((delegate* unmanaged<nint, byte, byte, void>)Function($"{Setter}26setDeterministicAlgorithmsEbb"))(
            Context(),
            value ? (byte)1 : (byte)0,
            0
        );

    private static void Set(string name, bool value) =>
        ((delegate* unmanaged<nint, byte, void>)Function(Setter + name))(Context(), value ? (byte)1 : (byte)0);

    private static nint Context() => ((delegate* unmanaged<nint>)Function("_ZN2at13globalContextEv"))();

    private static nint Function(string name) => NativeLibrary.GetExport(NativeLibrary.Load("libtorch_cpu.so"), name);

    private static int SetVariable(string name, string value, int overwrite)
    {
        nint of = Marshal.StringToCoTaskMemUTF8(name);
        nint to = Marshal.StringToCoTaskMemUTF8(value);
        try
        {
            nint library = NativeLibrary.Load("libc.so.6");
            return ((delegate* unmanaged<nint, nint, int, int>)NativeLibrary.GetExport(library, "setenv"))(
                of,
                to,
                overwrite
            );
        }
        finally
        {
            Marshal.FreeCoTaskMem(of);
            Marshal.FreeCoTaskMem(to);
        }
    }
}
