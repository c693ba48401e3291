using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace Counterpoise.Cli.Tests;

/// <summary>Looks into run folders.</summary>
internal static class RunFiles
{
    // What is measured differs from run to run.
    private static readonly string[] Measured = ["seconds", "images_per_second", "peak_memory_mb"];

    public static string Checkpoint(string run, int epoch) =>
        Path.Combine(run, "checkpoints", $"epoch-{epoch:D4}.safetensors");

    public static string[] Checkpoints(string run) =>
        [
            .. Directory
                .GetFiles(Path.Combine(run, "checkpoints"))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal),
        ];

    public static JsonObject Result(string run) => Parse(File.ReadAllText(Path.Combine(run, "result.json")));

    public static bool IsFinished(string run) => File.Exists(Path.Combine(run, "result.json"));

    public static JsonObject[] Metrics(string run) =>
        [.. File.ReadAllLines(Path.Combine(run, "metrics.jsonl")).Select(Parse)];

    public static int CountMetrics(string run)
    {
        string file = Path.Combine(run, "metrics.jsonl");
        return File.Exists(file) ? File.ReadAllLines(file).Length : 0;
    }

    /// <summary>What a checkpoint's metadata says, as the tool wrote it.</summary>
    public static JsonObject State(string checkpoint) =>
        Parse(Header(File.ReadAllBytes(checkpoint))["__metadata__"]!["counterpoise"]!.GetValue<string>());

    /// <summary>Asserts that two runs ended with the same bits, but for what was measured.</summary>
    public static void AssertSame(string expected, string actual, int epoch = Example.Epochs)
    {
        Assert.Equal(Metrics(expected).Select(Computed), Metrics(actual).Select(Computed));
        Assert.Equal(Computed(Result(expected)), Computed(Result(actual)));
        Assert.Equal(Checkpoints(expected), Checkpoints(actual));
        Assert.True(HaveSameBits(expected, actual, epoch), "The tensors differ.");
    }

    /// <summary>Whether two runs had the same bits after an epoch.</summary>
    public static bool HaveSameBits(string expected, string actual, int epoch)
    {
        byte[] first = File.ReadAllBytes(Checkpoint(expected, epoch));
        byte[] second = File.ReadAllBytes(Checkpoint(actual, epoch));
        Assert.Equal(Names(first), Names(second));
        return Tensors(first).SequenceEqual(Tensors(second));
    }

    public static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string Computed(JsonObject metrics)
    {
        foreach (string key in Measured)
        {
            Assert.True(metrics.Remove(key), $"{key} is missing.");
        }

        metrics.Remove("training_seconds");
        metrics.Remove("statistics_seconds");
        (metrics["statistics"] as JsonObject)?.Remove("seconds");
        return metrics.ToJsonString();
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static int HeaderLength(byte[] safetensors) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(safetensors));

    private static JsonObject Header(byte[] safetensors) =>
        JsonNode.Parse(safetensors.AsSpan(8, HeaderLength(safetensors)))!.AsObject();

    /// <summary>Names, types, shapes and places of the tensors.</summary>
    private static string Names(byte[] safetensors)
    {
        JsonObject header = Header(safetensors);
        header.Remove("__metadata__");
        return header.ToJsonString();
    }

    private static ReadOnlySpan<byte> Tensors(byte[] safetensors) => safetensors.AsSpan(8 + HeaderLength(safetensors));
}
