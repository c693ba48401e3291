using System.Diagnostics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Phases;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Python's PyTorch as Debian packages it, trained by a script of ours in <c>benchmarks/peers</c>.</summary>
internal static class PyTorchPeer
{
    internal const string HowToInstall =
        "PyTorch is left out: the benchmark needs the Debian packages python3-torch and python3-torchvision "
        + $"(apt-get install python3-torch python3-torchvision), which {Python} must be able to import";

    private const string Python = "/usr/bin/python3";

    /// <summary>What <c>Allocator.KeepFreedMemory</c> tells glibc, as variables.</summary>
    private static readonly Dictionary<string, string> KeptMemory = new()
    {
        ["MALLOC_MMAP_MAX_"] = "0",
        ["MALLOC_TRIM_THRESHOLD_"] = "2147483647",
        ["MALLOC_TOP_PAD_"] = "268435456",
    };

    /// <summary>The version of PyTorch, or null where it or torchvision is not installed.</summary>
    internal static string? Version
    {
        get
        {
            if (!File.Exists(Python))
            {
                return null;
            }

            using Process process = Process.Start(
                new ProcessStartInfo(Python, ["-c", "import torch, torchvision; print(torch.__version__)"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    UseShellExecute = false,
                }
            )!;
            string version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? version : null;
        }
    }

    /// <summary>A worker that reads an epoch of image files a turn.</summary>
    /// <param name="data">A folder with train/ and a folder per class below.</param>
    internal static Worker StartDecoding(string data) =>
        new(Python, [Path.Combine(AppContext.BaseDirectory, "peers", "torchvision_batches.py"), $"--data={data}"]);

    /// <summary>A worker that trains an epoch a turn.</summary>
    /// <param name="data">A folder in CIFAR-10's binary layout.</param>
    /// <param name="depth">Layers of the network.</param>
    /// <param name="training">Batch and optimizer.</param>
    /// <param name="threads">Threads of the computation; its loader has two processes more.</param>
    /// <param name="parameters">Numbers that the network must have, so that it is the same as ours.</param>
    /// <param name="tuned">With freed memory kept, as the tool keeps it, and maps in channels-last order.</param>
    internal static Worker Start(
        string data,
        int depth,
        TrainingSettings training,
        int threads,
        long parameters,
        bool tuned
    ) =>
        new(
            Python,
            [
                Path.Combine(AppContext.BaseDirectory, "peers", "pytorch_epochs.py"),
                $"--data={data}",
                $"--depth={depth}",
                $"--parameters={parameters}",
                $"--batch-size={training.BatchSize}",
                $"--learning-rate={training.LearningRate}",
                $"--momentum={training.Momentum}",
                $"--weight-decay={training.WeightDecay}",
                $"--threads={threads}",
                .. tuned ? (string[])["--channels-last"] : [],
            ],
            tuned ? KeptMemory : null
        );
}
