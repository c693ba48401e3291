using System.Diagnostics;
using System.Text.Json.Nodes;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

/// <summary>The libtorch that the variable names, the GPU that is asked for, and what 'doctor' says of them.</summary>
public sealed class LibtorchTests(Example example) : IDisposable
{
    private const string Variable = "COUNTERPOISE_LIBTORCH";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_libtorch_from_elsewhere_takes_the_place_of_the_one_beside_the_tool()
    {
        RequireLinux();
        CopyLibtorch(folder["torch/lib"]);
        File.WriteAllText(folder["torch/version.py"], "__version__ = '2.10.0+cpu'\n");
        WritePython($"echo {folder["torch"]}");

        ToolResult trained = Train(("PATH", folder["bin"]), (Variable, "python"));

        Assert.True(trained.ExitCode == 0, trained.ToString());
        Assert.Contains(
            $"by libtorch 2.10.0+cpu of {folder["torch/lib"]} (COUNTERPOISE_LIBTORCH=python)",
            trained.OutputText
        );
        ToolResult again = Start(["resume", "run"], (Variable, folder["torch"]));
        Assert.True(again.ExitCode == 0, again.ToString());

        // What it needs itself must be there, too.
        string needed = Assert.Single(Directory.GetFiles(folder["torch/lib"], "libgomp*"));
        File.Delete(needed);
        Refuse([(Variable, folder["torch"])], "libtorch_cpu.so does not load", Path.GetFileName(needed));
    }

    [Theory]
    [InlineData("echo", "has no torch", "pip install 'torch>=2.10,<2.13'")]
    [InlineData("echo No module; exit 3", "exit code 3")]
    [InlineData("echo broken >&2; exit 1", "exit code 1", ": broken; ")]
    [InlineData("echo /nowhere/torch", "COUNTERPOISE_LIBTORCH=python", "there is no folder /nowhere/torch")]
    public void A_python_without_torch_is_refused(string script, params string[] named)
    {
        RequireLinux();
        WritePython(script);

        Refuse([("PATH", folder["bin"]), (Variable, "python")], named);
    }

    [Fact]
    public void Without_python_it_is_refused()
    {
        RequireLinux();
        Directory.CreateDirectory(folder["bin"]);

        Refuse([("PATH", folder["bin"]), (Variable, "python")], "no python3 on PATH");
    }

    [Fact]
    public void An_old_torch_of_python_is_refused()
    {
        RequireLinux();
        Directory.CreateDirectory(folder["old/lib"]);
        File.WriteAllText(folder["old/version.py"], "__version__ = '1.13.0a0'\n");
        WritePython($"echo {folder["old"]}");

        Refuse([("PATH", folder["bin"]), (Variable, "python")], "libtorch 1.13.0a0", "2.10 to 2.12");
    }

    [Fact]
    public void A_folder_that_holds_none_is_refused()
    {
        RequireLinux();

        Refuse([(Variable, folder.Path)], Variable, folder.Path, "holds no libtorch");
        ToolResult doctor = Start(["doctor"], (Variable, folder.Path));
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("none that can be used", doctor.OutputText);
        Assert.Contains("NVIDIA driver", doctor.OutputText);
    }

    [Fact]
    public void What_computes_nothing_does_not_look_for_it()
    {
        foreach (
            string[] command in (string[][])
                [
                    ["--version"],
                    ["methods"],
                    ["train", "--help"],
                ]
        )
        {
            ToolResult result = Start(command, (Variable, "/nowhere"));
            Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        }
    }

    [Fact]
    public void Doctor_says_what_is_there_in_lines_of_80_columns_and_as_an_object()
    {
        RequireLinux();
        string[] names =
        [
            "operating system",
            "libtorch",
            "NVIDIA driver",
            "computes on",
            "kernels",
            "threads",
            "allocator",
            "Open MPI",
        ];

        ToolResult said = Start(["doctor"]);
        var written = (JsonObject)JsonNode.Parse(Start(["doctor", "--json"]).OutputText)!;

        Assert.True(said is { ExitCode: 0, Error: [] }, said.ToString());
        Assert.All(
            names,
            name => Assert.Contains(said.Output, line => line.StartsWith(name, StringComparison.Ordinal))
        );
        Assert.All(said.Output, line => Assert.True(line.Length <= 80 || !line.Trim().Contains(' '), line));
        Assert.Equal("doctor", (string?)written["event"]);
        Assert.Equal("beside the program", (string?)written["libtorch"]!["origin"]);
        Assert.All(
            DocumentedKeys(),
            key => Assert.True(written.ContainsKey(key), $"{key} is documented and not there.")
        );
        Assert.Equal(DocumentedKeys().Length + 1, written.Count); // With the event's name.
    }

    [Fact]
    public void A_GPU_that_libtorch_cannot_use_is_told_in_one_line()
    {
        RequireLinux();
        MakeDriver();
        (string, string?) driver = ("LD_LIBRARY_PATH", folder.Path);

        ToolResult trained = Train(driver);
        var written = (JsonObject)JsonNode.Parse(Start(["doctor", "--json"], driver).OutputText)!;

        Assert.True(trained.ExitCode == 0, trained.ToString());
        string line = Assert.Single(trained.Output, said => said.Contains("is not used", StringComparison.Ordinal));
        Assert.StartsWith("Test GPU is not used: libtorch beside the program is built without CUDA;", line);
        Assert.DoesNotContain("is not used", TrainOn("cpu", driver).OutputText);
        Assert.Equal("12.4", (string?)written["driver"]!["cuda"]);
        Assert.Equal(["8.6", "8.6"], written["gpus"]!.AsArray().Select(gpu => (string?)gpu!["capability"]));
        Assert.Equal("cpu", (string?)written["device"]);
        Assert.Contains(
            written["advice"]!.AsArray(),
            advice => ((string)advice!).StartsWith(line, StringComparison.Ordinal)
        );
    }

    private static void RequireLinux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The variable is for Linux.");
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }, "Another libtorch is tested.");
    }

    private static string[] DocumentedKeys() =>
        [
            .. File.ReadLines(Path.Combine(DocumentedPage.Repository, "docs", "json.md"))
                .SkipWhile(line => line != "## `doctor`")
                .Skip(1)
                .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .Select(line => line.Split('`')[1]),
        ];

    private static void CopyLibtorch(string target)
    {
        Directory.CreateDirectory(target);
        foreach (
            string file in Directory
                .EnumerateFiles(Tool.Folder)
                .Where(path =>
                    Path.GetFileName(path) is "libc10.so" or "libtorch_cpu.so" or "libtorch.so"
                    || Path.GetFileName(path).StartsWith("libgomp", StringComparison.Ordinal)
                )
        )
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private void WritePython(string script)
    {
        Directory.CreateDirectory(folder["bin"]);
        File.WriteAllText(folder["bin/python3"], $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                folder["bin/python3"],
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }
    }

    /// <summary>A driver with two GPUs, as far as it is asked here.</summary>
    private void MakeDriver()
    {
        File.WriteAllText(
            folder["driver.c"],
            """
            #include <string.h>
            int cuInit(unsigned flags) { return 0; }
            int cuDriverGetVersion(int *version) { *version = 12040; return 0; }
            int cuDeviceGetCount(int *count) { *count = 2; return 0; }
            int cuDeviceGet(int *device, int index) { *device = index; return 0; }
            int cuDeviceGetName(char *name, int length, int device) { strcpy(name, "Test GPU"); return 0; }
            int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = (size_t)24 << 30; return 0; }
            int cuDeviceGetAttribute(int *value, int attribute, int device) { *value = attribute == 75 ? 8 : 6; return 0; }
            """
        );
        try
        {
            using Process compiler = Process.Start(
                "cc",
                ["-shared", "-fPIC", "-o", folder["libcuda.so.1"], folder["driver.c"]]
            );
            compiler.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Told below.
        }

        Assert.SkipUnless(File.Exists(folder["libcuda.so.1"]), "There is no C compiler.");
    }

    private void Refuse((string Name, string? Value)[] environment, params string[] named)
    {
        Refusals.AssertWrongUsage(Train(environment), named);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private ToolResult Train(params (string Name, string? Value)[] environment) => TrainOn("auto", environment);

    private ToolResult TrainOn(string device, params (string Name, string? Value)[] environment)
    {
        if (Directory.Exists(folder["run"]))
        {
            Directory.Delete(folder["run"], recursive: true);
        }

        string[] arguments = Example.TrainOn(example.Data, "run", batchSize: 10);
        arguments[Array.IndexOf(arguments, "--device") + 1] = device;
        return Start(arguments, environment);
    }

    private ToolResult Start(string[] arguments, params (string Name, string? Value)[] environment)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        if (variables.TryGetValue("PATH", out string? path))
        {
            variables["PATH"] = path + ":/nowhere";
        }

        using Tool tool = Tool.Start(arguments, folder.Path, environment: variables);
        return tool.Finish();
    }
}
