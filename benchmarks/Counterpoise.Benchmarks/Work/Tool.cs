using System.Diagnostics;
using Counterpoise.Basics;
using Counterpoise.Data.Formats;

namespace Counterpoise.Benchmarks.Work;

/// <summary>The tool <c>counterpoise</c> as a process.</summary>
/// <param name="program">What to start.</param>
/// <param name="first">The first arguments: the tool itself where the program is its host.</param>
internal sealed class Tool(string program, params string[] first)
{
    private const string Name = "Counterpoise.Cli";
    private const string Solution = "Counterpoise.slnx";

    /// <summary>One step an epoch: every class keeps so many images for training, and the others are held out.</summary>
    private const int ImagesPerClass = 12;

    /// <summary>The tool as it was built with the benchmarks, not compiled ahead of time.</summary>
    internal static Tool Built => new("dotnet", Path.Combine(AppContext.BaseDirectory, $"{Name}.dll"));

    /// <summary>Compiles the tool ahead of time (ReadyToRun), leaving the clone as it is.</summary>
    /// <exception cref="CounterpoiseException">There is no clone around this program, or publishing failed.</exception>
    internal static Tool Publish(string folder)
    {
        string project = Path.Combine(Clone(), "src", Name);
        string output = Path.Combine(folder, "tool");
        Console.Error.WriteLine("publishing the tool");
        using Process process = Start(
            "dotnet",
            [
                "publish",
                project,
                "--configuration",
                "Release",
                "--output",
                output,
                "--artifacts-path",
                Path.Combine(folder, "artifacts"),
                "-p:PublishReadyToRun=true",
            ]
        );
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? new Tool(Path.Combine(output, Name))
            : throw new CounterpoiseException($"the tool could not be published:\n{log}");
    }

    /// <summary>Prints the tool's help.</summary>
    internal void Help()
    {
        using Process process = Start(program, [.. first, "--help"]);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        RequireSuccess(process, process.ExitCode == 0);
    }

    /// <summary>
    /// Trains on the built-in images until the first step has ended. The tool reports epochs, so an epoch is made one
    /// step long; it reports one when its checkpoint is saved.
    /// </summary>
    internal void TrainOneStep(BenchmarkOptions options, string run)
    {
        int batch = ImagesPerClass * SyntheticShape.Names.Count;
        using Process process = Start(
            program,
            [
                .. first,
                "train",
                "--data=synthetic",
                "--json",
                $"--output={run}",
                $"--model={options.Workload.Model}",
                $"--threads={options.Threads}",
                $"--set=training.batch_size={batch}",
                $"--set=data.held_out={SyntheticImages.TrainPerClass - ImagesPerClass}",
                "--set=training.epochs=2",
                "--set=training.warmup=0",
                "--set=training.evaluate_every=0",
            ]
        );
        string? epoch = process.StandardOutput.ReadLine();
        process.Kill();
        process.WaitForExit();
        RequireSuccess(process, epoch is not null);
    }

    /// <summary>Whether there is Open MPI here.</summary>
    internal static bool HasMpirun =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "mpirun")));

    /// <summary>Trains some epochs, on ranks where there are more than one, and measures all but the first.</summary>
    internal TrainedEpochs Train(Workload workload, string data, string run, int epochs, int ranks, int threads)
    {
        string[] train =
        [
            .. first,
            "train",
            $"--data={data}",
            $"--output={run}",
            $"--model={workload.Model}",
            $"--threads={threads}",
            "--statistics=off",
            $"--set=training.batch_size={workload.BatchSize}",
            $"--set=training.epochs={epochs}",
            "--set=training.warmup=0",
            "--set=training.learning_rate=0.01",
            "--set=training.evaluate_every=0",
        ];
        string[] launcher = ["--allow-run-as-root", "--oversubscribe", "-n", $"{ranks}", program];
        using Process process = ranks == 1 ? Start(program, train) : Start("mpirun", [.. launcher, .. train]);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        RequireSuccess(process, process.ExitCode == 0);
        return TrainedEpochs.Of(Path.Combine(run, "metrics.jsonl"));
    }

    /// <summary>Starts the server on any free port; its first line says where it listens.</summary>
    internal Process Serve(string model, int threads) =>
        Start(program, [.. first, "serve", model, "--port=0", $"--threads={threads}"]);

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true, // A few lines, which a pipe holds until they are asked for.
                UseShellExecute = false,
            }
        )!;

    private static void RequireSuccess(Process process, bool success)
    {
        if (!success)
        {
            throw new CounterpoiseException($"the tool failed: {process.StandardError.ReadToEnd()}");
        }
    }

    private static string Clone()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, Solution)))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder
            ?? throw new CounterpoiseException(
                $"{AppContext.BaseDirectory} does not lie within a clone of Counterpoise ({Solution} was not found), "
                    + "which 'startup' publishes the tool from; run it with 'dotnet run' in a clone."
            );
    }
}
