using System.Globalization;

namespace Counterpoise.Tests;

/// <summary>How many cases a fuzz test tries.</summary>
internal static class Fuzzing
{
    /// <summary>The variable <c>COUNTERPOISE_FUZZ</c>, or 10,000.</summary>
    internal static long Cases { get; } =
        Environment.GetEnvironmentVariable("COUNTERPOISE_FUZZ") is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : 10_000;
}
