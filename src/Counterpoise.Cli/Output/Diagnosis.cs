using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Kernels;
using Counterpoise.Runtime;
using Counterpoise.Runtime.Mpi;

namespace Counterpoise.Cli.Output;

/// <summary>What a training on this machine would find: each thing in words, as JSON, and what to do where it is missing.</summary>
internal sealed class Diagnosis
{
    private readonly List<Finding> findings = [];
    private readonly JsonObject json = [];

    internal Diagnosis()
    {
        AddSystem();
        Libtorch? libtorch = AddLibtorch();
        AddGpus();
        AddComputation(libtorch);
        AddMpi();
        json["advice"] = new JsonArray([
            .. findings.Where(finding => finding.Advice is not null).Select(finding => (JsonNode?)finding.Advice),
        ]);
        CanCompute = libtorch is not null;
    }

    /// <summary>Whether anything can be trained.</summary>
    internal bool CanCompute { get; }

    /// <summary>In the order in which one thing needs another.</summary>
    internal IReadOnlyList<Finding> Findings => findings;

    /// <summary>The same for programs.</summary>
    internal JsonObject Json => json;

    private void AddSystem()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        Add(
            "operating system",
            $"{RuntimeInformation.OSDescription}, {architecture}, {RuntimeInformation.FrameworkDescription}"
        );
        json["operating_system"] = RuntimeInformation.OSDescription;
        json["architecture"] = architecture;
        json["runtime"] = RuntimeInformation.FrameworkDescription;
    }

    private Libtorch? AddLibtorch()
    {
        try
        {
            Libtorch libtorch = Libtorch.Require();
            string version = libtorch.Folder?.Version ?? "no version file";
            string cuda = libtorch.Folder is { HasCuda: true } ? "with CUDA" : "without CUDA";
            Add(
                "libtorch",
                $"{version}, {cuda}, {libtorch.Origin}: {libtorch.Folder?.Path ?? "as the system finds it"}"
            );
            json["libtorch"] = new JsonObject
            {
                ["origin"] = libtorch.Origin,
                ["folder"] = libtorch.Folder?.Path,
                ["version"] = libtorch.Folder?.Version,
                ["cuda"] = libtorch.Folder?.HasCuda,
            };
            return libtorch;
        }
        catch (CounterpoiseException error)
        {
            Add("libtorch", "none that can be used", OptionNames.MessageOf(error));
            json["libtorch"] = null;
            return null;
        }
    }

    private void AddGpus()
    {
        CudaDriver? driver = CudaDriver.Present;
        IReadOnlyList<Gpu> gpus = driver?.Gpus ?? [];
        if (driver is null)
        {
            Add("NVIDIA driver", "none", "For a GPU of NVIDIA: install its driver.");
        }
        else
        {
            string problem = driver.Error is { } error ? $"; it answers with error {error}" : "";
            Add(
                "NVIDIA driver",
                $"{driver.Version ?? "of a version that the system does not tell"}, for CUDA up to {driver.Cuda}{problem}",
                gpus.Count > 0 ? null
                    : driver.Error is null ? "No GPU for this process: look at CUDA_VISIBLE_DEVICES."
                    : "Run nvidia-smi to see what is wrong with the driver."
            );
        }

        for (int i = 0; i < gpus.Count; i++)
        {
            Add(
                $"GPU cuda:{i}",
                $"{gpus[i].Name}, {gpus[i].Memory / 1e9:F1} GB, compute capability {gpus[i].Capability}"
            );
        }

        json["driver"] = driver is null
            ? null
            : new JsonObject
            {
                ["version"] = driver.Version,
                ["cuda"] = driver.Cuda.ToString(),
                ["error"] = driver.Error,
            };
        json["gpus"] = new JsonArray([
            .. gpus.Select(gpu => new JsonObject
            {
                ["name"] = gpu.Name,
                ["memory_mb"] = Math.Round(gpu.Memory / 1e6),
                ["capability"] = gpu.Capability.ToString(),
            }),
        ]);
    }

    private void AddComputation(Libtorch? libtorch)
    {
        if (libtorch is null)
        {
            return; // Nothing of torch may be touched.
        }

        bool keepsMemory = Allocator.KeepFreedMemory(); // Before the first tensor, as in training.
        var execution = Execution.Resolve(threads: null, "auto", Precision.Auto);
        bool usesKernels = execution.Device == "cpu" && Maps.ProcessorFits;
        string kernels =
            execution.Device != "cpu" ? "those of libtorch, for GPUs"
            : !usesKernels ? "those of libtorch, as this processor lacks AVX2 and FMA"
            : $"Counterpoise's own, with registers of {(Vector512.IsHardwareAccelerated ? 512 : 256)} bits";
        string precision = execution.Precision.ToString().ToLowerInvariant();
        Add(
            "computes on",
            $"{execution.Device}, by itself in {precision}",
            execution.Note is { } note ? $"{note}." : null
        );
        Add("kernels", kernels);
        Add("threads", $"{execution.Threads}, one a processor");
        json["threads"] = execution.Threads;
        Add("allocator", keepsMemory ? "glibc's, keeps freed memory" : "the system's, as it is");
        json["device"] = execution.Device;
        json["precision"] = precision;
        json["kernels"] = usesKernels ? "counterpoise" : "libtorch";
        json["allocator"] = keepsMemory ? "keeps_freed_memory" : "system";
    }

    private void AddMpi()
    {
        string? version = OpenMpi.Version();
        Add(
            "Open MPI",
            version ?? "none",
            version is null ? "For training in several processes: apt-get install openmpi-bin." : null
        );
        json["open_mpi"] = version;
    }

    private void Add(string name, string text, string? advice = null) => findings.Add(new Finding(name, text, advice));

    /// <summary>One thing.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Text">How it is.</param>
    /// <param name="Advice">What to do; null for nothing.</param>
    internal sealed record Finding(string Name, string Text, string? Advice);
}
