using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Counterpoise.Tests.Training;

/// <summary>Which operators libtorch runs, by its execution trace.</summary>
internal static unsafe class OperatorTrace
{
    private const string Library = "libtorch_cpu.so";
    private const string Add =
        "_ZN5torch8profiler4impl25addExecutionTraceObserverERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";

    /// <summary>
    /// The names of the operators that an action runs, in order: those that the caller or the autograd engine asks for, not those that these are made of.
    /// </summary>
    internal static string[] Of(Action action)
    {
        string file = Path.GetTempFileName();
        try
        {
            Record(file, action);
            using var trace = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement[] nodes = [.. trace.RootElement.GetProperty("nodes").EnumerateArray()];
            var names = nodes.ToDictionary(Id, node => node.GetProperty("name").GetString()!);
            return
            [
                .. nodes
                    .Where(node =>
                        IsOperator(names[Id(node)]) && !IsOperator(names.GetValueOrDefault(Parent(node), ""))
                    )
                    .Select(node => names[Id(node)]),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static bool IsOperator(string name) =>
        name.Contains("::", StringComparison.Ordinal)
        && !name.StartsWith("autograd::", StringComparison.Ordinal)
        && !name.StartsWith("torch::autograd", StringComparison.Ordinal);

    private static long Id(JsonElement node) => node.GetProperty("id").GetInt64();

    private static long Parent(JsonElement node) =>
        node.TryGetProperty("ctrl_deps", out JsonElement parent)
            ? parent.GetInt64()
            : node.GetProperty("parent").GetInt64();

    private static void Record(string file, Action action)
    {
        nint library = NativeLibrary.Load(Library);
        byte[] path = Encoding.UTF8.GetBytes(file + '\0');
        fixed (byte* text = path)
        {
            // A std::string: its characters, its length, and room that is not used here.
            nint* name = stackalloc nint[4];
            name[0] = (nint)text;
            name[1] = path.Length - 1;
            name[2] = path.Length - 1;
            if (((delegate* unmanaged<nint*, byte>)NativeLibrary.GetExport(library, Add))(name) == 0)
            {
                throw new InvalidOperationException($"{Library} records no trace.");
            }
        }

        Call(library, "_ZN5torch8profiler4impl28enableExecutionTraceObserverEv");
        try
        {
            action();
        }
        finally
        {
            Call(library, "_ZN5torch8profiler4impl29disableExecutionTraceObserverEv");
            Call(library, "_ZN5torch8profiler4impl28removeExecutionTraceObserverEv");
        }
    }

    private static void Call(nint library, string function) =>
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(library, function))();
}
