using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Counterpoise.Basics;

namespace Counterpoise.Data.Formats;

/// <summary>A data set in Parquet files as the Hugging Face hub serves it: several shards a part, told apart by their names.</summary>
internal sealed class ParquetSet
{
    private const string Extension = ".parquet";
    private static readonly string[] TestNames = ["test", "validation", "valid", "val"];
    private readonly string folder;
    private readonly string[] train;
    private readonly string[] test;

    private ParquetSet(string folder, string[] train, string[] test)
    {
        this.folder = folder;
        this.train = train;
        this.test = test;
    }

    /// <summary>The set in a folder, or in its folder <c>data</c>; null where there are no Parquet files.</summary>
    /// <exception cref="UsageException">There are no training or no test files among them.</exception>
    internal static ParquetSet? Find(string path)
    {
        if (!Directory.Exists(path))
        {
            return null;
        }

        string? found = new[] { path, Path.Combine(path, "data") }.FirstOrDefault(candidate =>
            Directory.Exists(candidate) && Directory.EnumerateFiles(candidate, $"*{Extension}").Any()
        );
        if (found is null)
        {
            return null;
        }

        string[] files = [.. Directory.EnumerateFiles(found, $"*{Extension}").Order(StringComparer.Ordinal)];
        string[] Part(string name) =>
            [.. files.Where(file => Path.GetFileName(file).StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        string[] training = Part("train");
        string[] tested = TestNames.Select(Part).FirstOrDefault(part => part.Length > 0) ?? [];
        return training.Length > 0 && tested.Length > 0
            ? new ParquetSet(found, training, tested)
            : throw new UsageException(
                $"{found}: found {string.Join(", ", files.Select(Path.GetFileName).Take(5))}, expected files named train*{Extension} "
                    + $"and one of {string.Join(", ", TestNames.Select(name => $"{name}*{Extension}"))}; rename them, or download the missing part."
            );
    }

    /// <summary>Where the packed version is kept: another one for other files, sizes or choices.</summary>
    internal string CachePath(OpenOptions options)
    {
        var names = new StringBuilder();
        foreach (string file in train.Concat(test))
        {
            names.Append(Path.GetFileName(file)).Append(' ').Append(new FileInfo(file).Length).Append('\n');
        }

        names.Append(options.SkipUnreadable).Append(options.Reading.Identity);
        string identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names.ToString())))[..16];
        string rule = options.ResizeRule == ResizeRule.Square ? "square" : "shorter-side";
        return CacheFolder.PathIn(folder, $"{options.Geometry.Resize}-{rule}-{identity}.pack");
    }

    /// <summary>Opens the set for packing.</summary>
    /// <exception cref="CounterpoiseException">A file is damaged, has other columns, or its labels have gaps.</exception>
    internal ImageData Open(OpenOptions options)
    {
        ParquetShard[] trainShards = [.. train.Select(ParquetShard.Open)];
        ParquetShard[] testShards = [.. test.Select(ParquetShard.Open)];
        object?[] trainLabels = [.. trainShards.SelectMany(shard => shard.ReadLabels())];
        object?[] testLabels = [.. testShards.SelectMany(shard => shard.ReadLabels())];
        IReadOnlyList<string> classes = Classes(trainShards[0], trainLabels);
        return new ImageData(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            new ParquetImages(trainShards, Indices(trainLabels, classes, train[0]), classes, options.Reading),
            new ParquetImages(testShards, Indices(testLabels, classes, test[0]), classes, options.Reading),
            [
                $"{folder}: recognised Parquet files: {classes.Count} classes, {trainLabels.Length} training images in "
                    + $"{train.Length} files and {testLabels.Length} test images in {test.Length} ({Path.GetFileName(test[0])}).",
            ]
        )
        {
            Reading = options.Reading,
        };
    }

    /// <summary>The names in the files' metadata, or names as they occur, or the numbers.</summary>
    private IReadOnlyList<string> Classes(ParquetShard shard, object?[] labels)
    {
        if (labels.OfType<string>().Any())
        {
            return [.. labels.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        }

        if (Names(shard) is { } names)
        {
            return names;
        }

        long[] numbers = [.. labels.OfType<long>().Distinct().Order()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != i)
            {
                throw new CounterpoiseException(
                    $"{folder}: no training image has the label {i}, but the largest is {numbers[^1]}; number the classes from 0 without gaps."
                );
            }
        }

        return [.. numbers.Select(number => $"{number}")];
    }

    /// <summary>The class names that the hub's libraries write into the metadata, or null.</summary>
    private static IReadOnlyList<string>? Names(ParquetShard shard)
    {
        try
        {
            JsonNode? features = shard.Metadata.TryGetValue("huggingface", out string? text)
                ? JsonNode.Parse(text)?["info"]?["features"]
                : null;
            JsonArray? names = features
                ?.AsObject()
                .Select(feature => feature.Value?["names"] as JsonArray)
                .FirstOrDefault(found => found is not null);
            return names is null ? null : [.. names.Select(name => name!.GetValue<string>())];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // Somebody else's metadata; the labels are numbers then.
        }
    }

    private static int[] Indices(object?[] labels, IReadOnlyList<string> classes, string file)
    {
        var byName = classes.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        int[] indices = new int[labels.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            long index = labels[row] switch
            {
                string name => byName.GetValueOrDefault(name, -1),
                long number => number,
                _ => -1,
            };
            indices[row] =
                index >= 0 && index < classes.Count
                    ? (int)index
                    : throw new CounterpoiseException(
                        $"{file}: row {row + 1} of its part has the label {labels[row] ?? "null"}, which is none of the {classes.Count} classes; correct it or remove the row."
                    );
        }

        return indices;
    }
}
