using System.Reflection;

namespace Counterpoise.Package.Tests;

/// <summary>Where the repository is, and how it was built.</summary>
internal static class Built
{
    public static string Repository { get; } = Of("Repository");

    public static string Configuration { get; } = Of("Configuration");

    public static string RuntimeIdentifier { get; } = Of("RuntimeIdentifier");

    /// <summary>The folder of the packages that the repository was restored with.</summary>
    public static string Packages { get; } = Of("Packages");

    /// <summary>The folder of libtorch's package, with a folder for each version.</summary>
    public static string Libtorch { get; } = Of("Libtorch");

    /// <summary>The version of TorchSharp's native packages.</summary>
    public static string TorchSharp { get; } = Of("TorchSharp");

    public static string SampleSource(string sample) => Path.Combine(Repository, "samples", sample, "Program.cs");

    public static string SampleProgram(string sample) =>
        Path.Combine(
            Repository,
            "samples",
            sample,
            "bin",
            Configuration,
            "net10.0",
            RuntimeIdentifier,
            $"{sample}.dll"
        );

    private static string Of(string key) =>
        typeof(Built)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == key)
            .Value!;
}
