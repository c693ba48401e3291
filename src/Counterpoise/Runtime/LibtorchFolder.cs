using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Counterpoise.Basics;

namespace Counterpoise.Runtime;

/// <summary>A folder that holds libtorch, and what can be told of it without loading it.</summary>
/// <param name="Path">Where its libraries are.</param>
/// <param name="Version">Its version by the file beside it; null without one, as in NuGet's packages.</param>
/// <param name="HasCuda">Whether it is built with CUDA.</param>
internal sealed partial record LibtorchFolder(string Path, string? Version, bool HasCuda)
{
    /// <summary>What makes a folder one of libtorch.</summary>
    internal const string MainLibrary = "libtorch_cpu.so";

    /// <summary>The versions whose functions are those that TorchSharp calls.</summary>
    private static readonly (Version First, Version Newest) Accepted = (new(2, 10), new(2, 12));

    private static readonly string[] OtherLibraries = ["libc10.so", "libtorch.so"];

    /// <summary>The versions in words.</summary>
    internal static string Expected => $"libtorch {Accepted.First} to {Accepted.Newest}";

    /// <summary>The versions as pip takes them.</summary>
    internal static string PipRange => $">={Accepted.First},<{Accepted.Newest.Major}.{Accepted.Newest.Minor + 1}";

    /// <summary>Reads what a folder holds.</summary>
    /// <param name="given">The folder of the libraries, or the one that has them in <c>lib</c>, as libtorch's archive and Python's torch.</param>
    internal static LibtorchFolder Of(string given)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(given));
        string below = System.IO.Path.Combine(full, "lib");
        bool isBelow = !Holds(full, MainLibrary) && Holds(below, MainLibrary);
        string folder = isBelow ? below : full;
        return new LibtorchFolder(folder, VersionOf(folder), Holds(folder, "libtorch_cuda.so"));
    }

    /// <summary>Refuses what cannot be computed with, before any of it is loaded.</summary>
    /// <param name="origin">How the folder was named, for the message.</param>
    /// <param name="caller">TorchSharp's library, which calls libtorch; null where it is not known.</param>
    /// <exception cref="UsageException">There is no libtorch, or one of another version or for another processor.</exception>
    internal void Require(string origin, string? caller)
    {
        if (!Directory.Exists(Path))
        {
            throw Refused($"{origin}: there is no folder {Path}");
        }

        // Before its files, which have other names in old versions.
        if (Version is not null && !IsAccepted(Version))
        {
            throw Refused($"{origin}: {Path} holds libtorch {Version}");
        }

        if (!Holds(Path, MainLibrary))
        {
            throw Refused($"{origin}: {Path} holds no libtorch, as {MainLibrary} is neither in it nor in lib below it");
        }

        ElfFile main = Read(origin, MainLibrary);
        ushort here = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (ushort)183 : (ushort)62;
        if (main.Machine != here)
        {
            throw Refused(
                $"{origin}: {MainLibrary} in {Path} is for {ElfFile.NameOf(main.Machine)}, and this process is for {ElfFile.NameOf(here)}"
            );
        }

        if (caller is not null)
        {
            string[] missing = Missing(new ElfFile(caller).Needed(), [main, .. Others(origin)]);
            if (missing.Length > 0)
            {
                throw Refused(
                    $"{origin}: libtorch {Version ?? "without a version file"} in {Path} lacks {missing.Length} symbols that {System.IO.Path.GetFileName(caller)} needs, such as {missing[0]}"
                );
            }
        }
    }

    /// <summary>The symbols that are needed and that no library defines, in alphabetical order.</summary>
    internal static string[] Missing(IEnumerable<string> needed, IEnumerable<ElfFile> libraries)
    {
        var missing = new HashSet<string>(needed, StringComparer.Ordinal);
        foreach (ElfFile library in libraries.TakeWhile(_ => missing.Count > 0))
        {
            library.RemoveDefined(missing);
        }

        return [.. missing.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether TorchSharp can call this version.</summary>
    internal static bool IsAccepted(string version)
    {
        Match numbers = MajorAndMinor().Match(version);
        return numbers.Success
            && System.Version.TryParse(numbers.Value, out Version? parsed)
            && parsed >= Accepted.First
            && parsed <= Accepted.Newest;
    }

    private IEnumerable<ElfFile> Others(string origin) =>
        OtherLibraries.Where(file => Holds(Path, file)).Select(file => Read(origin, file));

    private ElfFile Read(string origin, string file)
    {
        try
        {
            return new ElfFile(System.IO.Path.Combine(Path, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Refused($"{origin}: {file} in {Path} cannot be read: {error.Message.TrimEnd('.')}");
        }
    }

    private static UsageException Refused(string found) =>
        new(
            $"{found}; expected {Expected}: install it (pip install 'torch{PipRange}') and name its folder, or unset {Libtorch.Variable}."
        );

    private static bool Holds(string folder, string file) => File.Exists(System.IO.Path.Combine(folder, file));

    /// <summary>By the version file of libtorch's archive, or by that of Python's torch.</summary>
    private static string? VersionOf(string folder)
    {
        string above = System.IO.Path.GetDirectoryName(folder) ?? folder;
        foreach (string place in new[] { above, folder })
        {
            string archive = System.IO.Path.Combine(place, "build-version");
            if (File.Exists(archive) && File.ReadLines(archive).FirstOrDefault()?.Trim() is { Length: > 0 } line)
            {
                return line;
            }

            string python = System.IO.Path.Combine(place, "version.py");
            if (File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match)
            {
                return match.Groups["version"].Value;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\d+\.\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MajorAndMinor();

    [GeneratedRegex(
        """^__version__\s*=\s*['"](?<version>[^'"\n]+)['"]""",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex PythonVersion();
}
