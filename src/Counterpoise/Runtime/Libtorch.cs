using System.Runtime.InteropServices;
using Counterpoise.Basics;

namespace Counterpoise.Runtime;

/// <summary>The libtorch that this process computes with: the one that a variable names, or the one beside the program.</summary>
/// <param name="Folder">Where it is; null where only the system's loader knows.</param>
/// <param name="Origin">What named it.</param>
internal sealed partial record Libtorch(LibtorchFolder? Folder, string Origin)
{
    /// <summary>The variable: a folder, or <see cref="Python"/>.</summary>
    internal const string Variable = "COUNTERPOISE_LIBTORCH";

    private const string Python = "python";
    private const string Beside = "beside the program";
    private const int ResidentOnly = 5; // RTLD_NOLOAD | RTLD_LAZY

    /// <summary>In the order in which they need each other. A library that is loaded already is not looked for again.</summary>
    private static readonly string[] Libraries =
    [
        "libc10.so",
        "libc10_cuda.so",
        LibtorchFolder.MainLibrary,
        "libtorch_cuda.so",
        "libtorch.so",
    ];

    private static readonly Lock Gate = new();
    private static volatile Libtorch? taken;

    /// <summary>The versions as pip takes them.</summary>
    internal static string PipRange => LibtorchFolder.PipRange;

    /// <summary>Which one it is, in words: "libtorch 2.11.0 of FOLDER (COUNTERPOISE_LIBTORCH)".</summary>
    internal string Description =>
        $"libtorch {(Folder?.Version is { } version ? version + " " : "")}"
        + (Origin == Beside ? Beside : $"of {Folder!.Path} ({Origin})");

    /// <summary>
    /// Finds libtorch and checks it, and loads the one that the variable names. To be called before anything of torch is
    /// touched: what fails there cannot be tried again, and the error says little.
    /// </summary>
    /// <exception cref="UsageException">The one that is named cannot be used.</exception>
    /// <exception cref="CounterpoiseException">None is named, and there is none.</exception>
    internal static Libtorch Require()
    {
        if (taken is { } known)
        {
            return known;
        }

        lock (Gate)
        {
            return taken ??= Take(Environment.GetEnvironmentVariable(Variable));
        }
    }

    /// <summary>The same without remembering it.</summary>
    /// <param name="named">What the variable says; null for nothing.</param>
    internal static Libtorch Take(string? named)
    {
        if (string.IsNullOrWhiteSpace(named))
        {
            return OnLinux(NativeLoading.Loaded().FirstOrDefault()) ?? OnLinux(NativeLoading.Beside()) ?? Elsewhere();
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException($"{Variable} is for Linux; unset it, and reference a package of libtorch.");
        }

        bool asks = named == Python;
        string origin = asks ? $"{Variable}={Python}" : Variable;
        var chosen = LibtorchFolder.Of(asks ? PythonTorch.Folder() : named);
        RequireAlone(chosen, origin);
        chosen.Require(origin, NativeLoading.FindLibrary());
        Load(chosen, origin);
        return new Libtorch(chosen, origin);
    }

    private static Libtorch? OnLinux(string? library) =>
        library is null
            ? null
            : new Libtorch(
                LibtorchFolder.Of(Path.GetDirectoryName(library)!),
                NativeLoading.IsBeside(library) ? Beside : "loaded by the program"
            );

    /// <summary>Windows and macOS find their own; on Linux nothing was found.</summary>
    private static Libtorch Elsewhere() =>
        OperatingSystem.IsLinux()
            ? throw new CounterpoiseException(
                $"there is no libtorch in {AppContext.BaseDirectory} or another folder of the program; set {Variable} to a folder that holds one, or to python after pip install 'torch{PipRange}', or reference TorchSharp-cpu."
            )
            : new Libtorch(null, Beside);

    /// <summary>Two in one process register everything twice, and the second one ends the process.</summary>
    private static void RequireAlone(LibtorchFolder chosen, string origin)
    {
        string main = Path.Combine(chosen.Path, LibtorchFolder.MainLibrary);
        if (NativeLoading.Loaded() is [var other, ..] && File.Exists(main) && !IsLoaded(main))
        {
            throw new UsageException(
                $"{origin} names the libtorch of {chosen.Path}, but this process has loaded {other} already, and it can hold one; unset {Variable}, or use Counterpoise before anything else of torch."
            );
        }
    }

    private static void Load(LibtorchFolder chosen, string origin)
    {
        foreach (string file in Libraries.Select(name => Path.Combine(chosen.Path, name)).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(file);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                // The runtime's advice on how to look further, and then what the system said.
                string reason = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
                throw new UsageException(
                    $"{origin}: {file} does not load: {reason}; install what is missing, or unset {Variable}.",
                    error
                );
            }
        }

        // TorchSharp asks for these by name, which finds the ones beside the program first.
        foreach (
            string other in NativeLoading
                .Shadowing(["libtorch_cpu.so", "libtorch_cuda.so"])
                .Where(path => !IsLoaded(path))
        )
        {
            NativeLoading.LoadFromMemory(nameof(StandIn), StandIn.Named(other));
        }
    }

    /// <summary>Whether this file is loaded, under whatever name.</summary>
    private static bool IsLoaded(string path) => Open(path, ResidentOnly) != 0;

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int mode);
}
