using Counterpoise.Basics;

namespace Counterpoise.Runs;

/// <summary>Where a run comes from, as <c>run.json</c> tells it; null where it does not.</summary>
/// <param name="Data">Short name of the data set.</param>
/// <param name="Source">What the data was opened by.</param>
/// <param name="Fingerprint">SHA-256 over images, labels, class names and size: runs with the same can be compared.</param>
/// <param name="Command">The command line.</param>
/// <param name="Started">When it started.</param>
/// <param name="Machine">Operating system, architecture, processors.</param>
/// <param name="Version">Version of the library.</param>
/// <param name="Device">Such as <c>cpu</c>.</param>
/// <param name="Precision">Such as <c>fp32</c>.</param>
/// <param name="Threads">Threads of one operation.</param>
public sealed record RunOrigin(
    string? Data,
    string? Source,
    string? Fingerprint,
    string? Command,
    string? Started,
    string? Machine,
    string? Version,
    string? Device,
    string? Precision,
    int? Threads
)
{
    internal static RunOrigin Read(JsonFields run) =>
        new(
            run.Text("data_name"),
            run.Text("data"),
            run.Text("fingerprint"),
            run.Text("command"),
            run.Text("started"),
            run.Text("machine"),
            run.Text("version") ?? run.Text("written_by"),
            run.Text("device"),
            run.Text("precision"),
            run.Count("threads")
        );
}
