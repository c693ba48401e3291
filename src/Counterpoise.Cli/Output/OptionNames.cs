using Counterpoise.Basics;

namespace Counterpoise.Cli.Output;

/// <summary>The tool's options in the library's messages, which name settings.</summary>
internal static class OptionNames
{
    /// <summary>An error's message, with options where the library names settings.</summary>
    internal static string MessageOf(CounterpoiseException error) => error.Spelled(Of);

    private static string Of(string setting) =>
        setting switch
        {
            "tau-norm.tau" => "--tau",
            "data.features" => "--features",
            "data.features_trusted" => "--trust-model",
            "mostBytes" => "--max-body",
            "mostPixels" => "--max-pixels",
            "mostImages" => "--max-images",
            "mostRequests" => "--max-requests",
            "mostInBatch" => "--max-batch",
            _ when setting.Contains('.', StringComparison.Ordinal) => $"--set {setting}",
            _ => $"--{Setting.KebabCase(setting)}",
        };
}
