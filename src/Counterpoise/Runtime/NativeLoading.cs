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
    private static IntPtr loaded;

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

        if (loaded == IntPtr.Zero)
        {
            // The copy in memory has no folder to search, so its dependencies are loaded first, from where they are:
            // a second libtorch_cpu.so from another path would abort the process.
            string folder = Path.GetDirectoryName(Loaded().FirstOrDefault()) ?? Libtorch.Require().Folder!.Path;
            NativeLibrary.TryLoad(Path.Combine(folder, LibtorchFolder.MainLibrary), out _);
            NativeLibrary.TryLoad(Path.Combine(folder, "libtorch.so"), out _);
            loaded = LoadFromMemory($"lib{Library}.so", WithWeakVersionNeed(File.ReadAllBytes(path)));
        }

        return loaded;
    }

    /// <summary>TorchSharp's own library, which calls libtorch.</summary>
    internal static string? FindLibrary() => Find($"lib{Library}.so").FirstOrDefault();

    /// <summary>The main library of the libtorch beside the program; null without one.</summary>
    internal static string? Beside() => Find(LibtorchFolder.MainLibrary).FirstOrDefault();

    /// <summary>Whether a file lies where the program's native libraries are looked for.</summary>
    internal static bool IsBeside(string path) => Folders().Contains(Path.GetDirectoryName(path) + "/");

    /// <summary>The main libraries of every libtorch that this process has loaded.</summary>
    internal static string[] Loaded() =>
        OperatingSystem.IsLinux()
            ?
            [
                .. File.ReadLines("/proc/self/maps")
                    .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
                    .Where(path => Path.GetFileName(path) == LibtorchFolder.MainLibrary)
                    .Distinct(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The files that are found when libraries are asked for by name, spelled as they then are.</summary>
    internal static IEnumerable<string> Shadowing(IEnumerable<string> files) => files.SelectMany(Find);

    private static IEnumerable<string> Find(string file) =>
        Folders().Select(folder => folder + file).Where(File.Exists);

    /// <summary>Where the runtime looks for native libraries, in its order; each ends with a slash.</summary>
    private static IEnumerable<string> Folders()
    {
        string searchPath = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        string runtime = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string generic = Path.Combine("runtimes", "linux-x64", "native");
        return searchPath
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat([
                AppContext.BaseDirectory,
                Path.Combine(AppContext.BaseDirectory, runtime),
                Path.Combine(AppContext.BaseDirectory, generic),
            ])
            .Select(folder => folder.TrimEnd('/') + "/")
            .Distinct(StringComparer.Ordinal);
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

    /// <summary>Loads a library from its bytes; zero where the system refuses.</summary>
    internal static IntPtr LoadFromMemory(string name, byte[] library)
    {
        int descriptor = MemoryFile(name, 1);
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
