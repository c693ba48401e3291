using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Runs;

/// <summary>What a run was started with, beside its recipe: the content of <c>run.json</c>. Null is what it does not tell.</summary>
internal sealed record RunDescription
{
    private const string FormatKey = "format";
    private const string WrittenByKey = "written_by";

    private static readonly string Tool =
        $"counterpoise {typeof(RunDescription).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>The program that made the folder, such as <c>counterpoise 0.1.0</c>.</summary>
    public string? WrittenBy { get; init; }

    /// <summary>The command line.</summary>
    public string? Command { get; init; }

    /// <summary>When it started, ISO 8601.</summary>
    public string? Started { get; init; }

    /// <summary>What the data was opened by: <c>synthetic</c> or a whole path.</summary>
    public string? Source { get; init; }

    /// <summary>Which image files are used, and how their labels and parts are found.</summary>
    public ListingOptions Listing { get; init; } = new();

    /// <summary>Short name of the data set.</summary>
    public string? DataName { get; init; }

    /// <summary>Whether unreadable images were left out.</summary>
    public bool? SkipUnreadable { get; init; }

    /// <summary>The version of the rules that image files are read by; runs that do not say have the first.</summary>
    public int? Decoding { get; init; }

    /// <summary>SHA-256 over images, labels, class names and size: runs with the same can be compared.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>SHA-256 of the file of parameters that the network started from.</summary>
    public string? PretrainedSha256 { get; init; }

    /// <summary>What tells the frozen network whose features are trained on from others; null for pixels.</summary>
    public string? FeaturesIdentity { get; init; }

    /// <summary>Height and width of the images of a set that has a size of its own, which are resized for the frozen network; null where files are decoded in the size that it takes.</summary>
    public int? OwnSize { get; init; }

    /// <summary>The class names, in the order of the logits.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Training images of every class.</summary>
    public IReadOnlyList<int>? ClassCounts { get; init; }

    /// <summary>Held-out images of every class; null where none are held out.</summary>
    public IReadOnlyList<int>? HeldOutCounts { get; init; }

    /// <summary>What is subtracted from red, green and blue, of pixels from 0 to 1.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>What they are then divided by.</summary>
    public IReadOnlyList<float>? Std { get; init; }

    /// <summary>Threads of one operation.</summary>
    public int? Threads { get; init; }

    /// <summary>Processes that trained together; runs that do not say had one.</summary>
    public int? Ranks { get; init; }

    /// <summary>Such as <c>cpu</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the same bits come each time on the same GPU; runs that do not say do not ask for it.</summary>
    public bool? Deterministic { get; init; }

    /// <summary>The GPU's name; null on the CPU.</summary>
    public string? Gpu { get; init; }

    /// <summary>The version of NVIDIA's driver; null on the CPU.</summary>
    public string? Driver { get; init; }

    /// <summary>Such as <c>fp32</c>.</summary>
    public string? Precision { get; init; }

    /// <summary>The checkpoint of every so many epochs is kept.</summary>
    public int? KeepEvery { get; init; }

    /// <summary>Statistics were taken every so many epochs; 0 for never.</summary>
    public int? StatisticsEvery { get; init; }

    /// <summary>Operating system, architecture, processors.</summary>
    public string? Machine { get; init; }

    /// <summary>Version of the library.</summary>
    public string? Version { get; init; }

    /// <summary>The keys as the file has them, without the folder's own.</summary>
    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["command"] = Command,
            ["started"] = Started,
            ["data"] = Source,
        };
        Listing.AddTo(json);
        foreach ((string key, JsonNode? value) in OfData().ToArray())
        {
            json[key] = value?.DeepClone();
        }

        return json;
    }

    private JsonObject OfData() =>
        new()
        {
            ["data_name"] = DataName,
            ["skip_unreadable"] = SkipUnreadable,
            ["decoding"] = Decoding,
            ["fingerprint"] = Fingerprint,
            ["pretrained_sha256"] = PretrainedSha256,
            ["features_identity"] = FeaturesIdentity,
            ["own_size"] = OwnSize,
            ["classes"] = List(Classes),
            ["class_counts"] = List(ClassCounts),
            ["held_out_counts"] = List(HeldOutCounts),
            ["mean"] = List(Mean),
            ["std"] = List(Std),
            ["threads"] = Threads,
            ["ranks"] = Ranks,
            ["device"] = Device,
            ["deterministic"] = Deterministic,
            ["gpu"] = Gpu,
            ["driver"] = Driver,
            ["precision"] = Precision,
            ["keep_every"] = KeepEvery,
            ["statistics_every"] = StatisticsEvery,
            ["machine"] = Machine,
            ["version"] = Version,
        };

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <returns>What it then says.</returns>
    internal RunDescription Write(string folder)
    {
        RunDescription written = this with { WrittenBy = Tool };
        var content = new JsonObject { [FormatKey] = RunFolder.Format, [WrittenByKey] = Tool };
        foreach ((string key, JsonNode? value) in ToJson())
        {
            content.Add(key, value?.DeepClone());
        }

        JsonFormat.Write(Path.Combine(folder, RunFiles.Description), content);
        return written;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="CounterpoiseException">It is missing, damaged or of another format.</exception>
    internal static RunDescription Read(string folder)
    {
        string path = Path.Combine(folder, RunFiles.Description);
        JsonObject content =
            JsonFormat.Read(path, "Start a new run in another folder.")
            ?? throw new CounterpoiseException(
                Directory.Exists(folder)
                    ? $"{folder}: is not a run folder: it has no {RunFiles.Description}. Name the folder that {Named("output")} named."
                    : $"{folder}: does not exist, expected a run folder. Check the path."
            );
        RequireFormat(content, path);
        var run = new JsonFields(content, path);
        return new RunDescription
        {
            WrittenBy = run.Text(WrittenByKey),
            Command = run.Text("command"),
            Started = run.Text("started"),
            Source = run.Text("data"),
            Listing = ListingOptions.Of(run),
            DataName = run.Text("data_name"),
            SkipUnreadable = run.Flag("skip_unreadable"),
            Decoding = run.Count("decoding"),
            Fingerprint = run.Text("fingerprint"),
            PretrainedSha256 = run.Text("pretrained_sha256"),
            FeaturesIdentity = run.Text("features_identity"),
            OwnSize = run.Count("own_size"),
            Classes = run.Texts("classes"),
            ClassCounts = run.Counts("class_counts"),
            HeldOutCounts = run.Counts("held_out_counts"),
            Mean = run.Singles("mean"),
            Std = run.Singles("std"),
            Threads = run.Count("threads"),
            Ranks = run.Count("ranks"),
            Device = run.Text("device"),
            Deterministic = run.Flag("deterministic"),
            Gpu = run.Text("gpu"),
            Driver = run.Text("driver"),
            Precision = run.Text("precision"),
            KeepEvery = run.Count("keep_every"),
            StatisticsEvery = run.Count("statistics_every"),
            Machine = run.Text("machine"),
            Version = run.Text("version"),
        };
    }

    private static void RequireFormat(JsonObject content, string path)
    {
        if (content[FormatKey] is not JsonValue found || !found.TryGetValue(out int format))
        {
            throw new CounterpoiseException(
                $"{path}: has no whole number '{FormatKey}', expected {RunFolder.Format}. Is it the {RunFiles.Description} of a run? Start a new run in another folder."
            );
        }

        if (format != RunFolder.Format)
        {
            string tool =
                content[WrittenByKey] is JsonValue by && by.TryGetValue(out string? name)
                    ? name
                    : "the version of counterpoise that wrote it";
            throw new CounterpoiseException(
                $"{path}: the run has format {format}, expected {RunFolder.Format}. Use {tool}, or start a new run in another folder."
            );
        }
    }

    private static JsonArray? List<T>(IReadOnlyList<T>? items) =>
        items is null ? null : [.. items.Select(item => (JsonNode?)JsonValue.Create(item))];
}
