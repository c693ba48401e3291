using System.Diagnostics;
using Counterpoise.Basics;

namespace Counterpoise.Benchmarks.Work;

/// <summary>The tool's server as a process.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly Process process;

    private ServedModel(Process process, string address)
    {
        this.process = process;
        Address = address;
    }

    /// <summary>Where predictions are asked for.</summary>
    internal string Address { get; }

    /// <summary>The server's resident memory now, in MB (10^6 bytes).</summary>
    internal double ResidentMb
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <exception cref="CounterpoiseException">The server does not start.</exception>
    internal static ServedModel Start(string model, int threads)
    {
        Process started = Tool.Built.Serve(model, threads);
        string line = started.StandardOutput.ReadLine() ?? "";
        return line.Split(" at ") is [_, var address]
            ? new ServedModel(started, address)
            : throw new CounterpoiseException($"the server did not start: {started.StandardError.ReadToEnd()}");
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
