using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Counterpoise.Runtime;

/// <summary>
/// Loads TorchSharp's native library on Linux distributions whose C++ runtime is older than GCC 13 (Debian 12,
/// Ubuntu 22.04, RHEL 9).
/// </summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> names the symbol version <c>GLIBCXX_3.4.32</c> for one undefined marker that nothing
/// calls, and the dynamic linker refuses to load it where that version is missing. The version need is marked weak in
/// a copy held in memory, which the linker then accepts. The file on disk is never changed: it may be hard-linked into
/// the NuGet cache. The resolving event fires only where normal loading has failed, so newer distributions never get here.
/// </remarks>
internal static partial class NativeLoading
{
    private const string Library = "LibTorchSharp";
    private static readonly byte[] VersionHash = [0x42, 0xF8, 0x97, 0x02];

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "A failed static constructor of torch is permanent, so the hook must be in place before any code of the user touches torch."
    )]
    internal static void Install()
    {
        if (OperatingSystem.IsLinux())
        {
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        }
    }

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        if (!name.Contains(Library, StringComparison.Ordinal) || FindLibrary() is not { } path)
        {
            return IntPtr.Zero;
        }

        // The copy in memory has no folder to search, so its dependencies are loaded first, from where they are:
        // a second libtorch_cpu.so from another path would abort the process.
        string folder = Path.GetDirectoryName(path)!;
        NativeLibrary.TryLoad(Path.Combine(folder, "libtorch_cpu.so"), out _);
        NativeLibrary.TryLoad(Path.Combine(folder, "libtorch.so"), out _);
        return LoadFromMemory(WithWeakVersionNeed(File.ReadAllBytes(path)));
    }

    private static string? FindLibrary()
    {
        const string file = $"lib{Library}.so";
        string runtime = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string generic = Path.Combine("runtimes", "linux-x64", "native");
        string searchPath = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return searchPath
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat([
                AppContext.BaseDirectory,
                Path.Combine(AppContext.BaseDirectory, runtime),
                Path.Combine(AppContext.BaseDirectory, generic),
            ])
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Sets VER_FLG_WEAK on the version need whose hash is that of GLIBCXX_3.4.32.</summary>
    /// <remarks>
    /// An entry of <c>.gnu.version_r</c> is vna_hash (4 bytes), vna_flags (2), vna_other (2), vna_name (4), vna_next (4).
    /// </remarks>
    internal static byte[] WithWeakVersionNeed(byte[] elf)
    {
        int start = 0;
        while (elf.AsSpan(start).IndexOf(VersionHash) is var found and >= 0)
        {
            int flags = start + found + VersionHash.Length;
            elf[flags] |= 2;
            start = flags;
        }

        return elf;
    }

    private static IntPtr LoadFromMemory(byte[] library)
    {
        int descriptor = MemoryFile($"lib{Library}.so", 1);
        if (descriptor < 0)
        {
            return IntPtr.Zero;
        }

        string path = $"/proc/self/fd/{descriptor}";
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            stream.Write(library);
        }

        return NativeLibrary.TryLoad(path, out IntPtr handle) ? handle : IntPtr.Zero;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
