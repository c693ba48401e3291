using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;

namespace Counterpoise.Benchmarks.Work;

/// <summary>What a load gave.</summary>
/// <param name="Turn">Time, and requests that were answered.</param>
/// <param name="P99Ms">The time within which 99 of 100 requests were answered, in milliseconds.</param>
internal sealed record LoadResult(Turn Turn, double P99Ms);

/// <summary>16 clients that post an image again and again, by wrk.</summary>
internal sealed partial class HttpLoad : IDisposable
{
    private const int Clients = 16;
    private readonly TemporaryFolder folder = new();
    private readonly string script;
    private readonly string address;

    internal HttpLoad(string address, string image)
    {
        this.address = address;
        script = folder["post.lua"];
        File.WriteAllText(
            script,
            $"""
            local file = io.open("{image}", "rb")
            wrk.method = "POST"
            wrk.body = file:read("*a")
            wrk.headers["Content-Type"] = "image/jpeg"
            """
        );
    }

    internal static bool HasWrk =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(path => File.Exists(Path.Combine(path, "wrk")));

    /// <exception cref="CounterpoiseException">A request failed.</exception>
    internal LoadResult Run(int seconds)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(
                "wrk",
                ["-t1", $"-c{Clients}", $"-d{seconds}s", "--timeout", "10s", "--latency", "-s", script, address]
            )
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (
            output.Contains("Non-2xx", StringComparison.Ordinal)
            || output.Contains("Socket errors", StringComparison.Ordinal)
        )
        {
            throw new CounterpoiseException($"requests failed:\n{output}");
        }

        Match total = Total().Match(output);
        Match slow = Slow().Match(output);
        double unit = slow.Groups["unit"].Value switch
        {
            "us" => 1e-3,
            "ms" => 1,
            _ => 1e3,
        };
        return new LoadResult(
            new Turn(Number(total, "seconds"), Number(total, "requests"), Environment.WorkingSet / 1e6),
            Number(slow, "value") * unit
        );
    }

    public void Dispose() => folder.Dispose();

    private static double Number(Match match, string group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<requests>\d+) requests in (?<seconds>[\d.]+)s", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Total();

    [GeneratedRegex(@"99%\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Slow();
}
