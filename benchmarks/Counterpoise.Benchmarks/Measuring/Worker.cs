using System.Diagnostics;
using System.Text.Json;
using Counterpoise.Basics;

namespace Counterpoise.Benchmarks.Measuring;

/// <summary>
/// A process that works only when it is its turn, for what differs in a setting of the whole process or is not ours.
/// It gets the name of each turn as a line on standard input and answers with one line of JSON; without further lines
/// it ends.
/// </summary>
internal sealed class Worker : IDisposable
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(20);

    private readonly string name;
    private readonly Process process;

    /// <summary>Starts a program that keeps to the same rules.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables that it gets besides ours.</param>
    internal Worker(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        name = Path.GetFileName(program);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach ((string variable, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        process = Process.Start(start) ?? throw new CounterpoiseException($"{program} could not be started.");
    }

    /// <summary>Starts this program once more, with a job of its own.</summary>
    internal static Worker Start(string job, WorkerSettings settings)
    {
        string self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(Worker).Assembly.Location] : [];
        return new Worker(self, [.. program, "worker", job, settings.ToJson()]);
    }

    /// <summary>The worker's side: answers every line until there are no more.</summary>
    internal static int Serve(WorkerSettings settings, Func<WorkerSettings, IJob> create)
    {
        using IJob job = create(settings);
        while (Console.In.ReadLine() is { } turn)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(job.Run(turn), Form));
            Console.Out.Flush();
        }

        return 0;
    }

    /// <summary>Gives the worker its turn and waits until it has ended.</summary>
    /// <exception cref="CounterpoiseException">The worker failed; it has said why on standard error.</exception>
    internal Turn Run(string turn)
    {
        try
        {
            process.StandardInput.WriteLine(turn);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Failed(turn);
        }

        return process.StandardOutput.ReadLine() is { } answer
            ? JsonSerializer.Deserialize<Turn>(answer, Form)!
            : throw Failed(turn);
    }

    public void Dispose()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        if (!process.WaitForExit(LongestGoodbye))
        {
            process.Kill();
        }

        process.Dispose();
    }

    private CounterpoiseException Failed(string turn) =>
        new($"the process {name} failed at '{turn}'; what it said on standard error is above.");
}
