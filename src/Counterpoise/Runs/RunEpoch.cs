namespace Counterpoise.Runs;

/// <summary>The numbers of one epoch of a run.</summary>
public sealed record RunEpoch
{
    /// <summary>Completed epochs, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Mean training loss as trained.</summary>
    public double? Loss { get; init; }

    /// <summary>Training accuracy in percent as trained, while the network changed.</summary>
    public double? RunningAccuracy { get; init; }

    /// <summary>Time of the epoch's training steps in seconds.</summary>
    public double? Seconds { get; init; }

    /// <summary>Accuracies of the test images; null in an epoch that does not test.</summary>
    public RunAccuracies? Test { get; init; }

    /// <summary>Training accuracy of every class in percent, without mixing or augmentation; results alone have it.</summary>
    public IReadOnlyList<double?>? TrainPerClass { get; init; }

    /// <summary>The statistics; null in an epoch without.</summary>
    public RecordedStatistics? Statistics { get; init; }

    internal static RunEpoch Read(JsonFields fields, int classes) => Read(fields, classes, "epoch");

    internal static RunEpoch ReadResult(JsonFields fields, int classes) => Read(fields, classes, "epochs");

    private static RunEpoch Read(JsonFields fields, int classes, string number) =>
        new()
        {
            Epoch = fields.Required(fields.Count(number), number),
            Loss = fields.Number("loss"),
            RunningAccuracy = fields.Number("running_accuracy"),
            Seconds = fields.Number("seconds"),
            Test = RunAccuracies.Read(fields, classes),
            TrainPerClass = fields.Numbers("train_per_class_accuracy", classes),
            Statistics = fields.Fields("statistics") is { } statistics
                ? RecordedStatistics.Read(statistics, classes)
                : null,
        };
}

/// <summary>Accuracies of a set of images in percent; null where there are no such classes.</summary>
/// <param name="Accuracy">Of all images.</param>
/// <param name="Balanced">Mean of the classes' accuracies.</param>
/// <param name="Many">Mean over classes with more than 100 training images.</param>
/// <param name="Medium">The same with 20 to 100.</param>
/// <param name="Few">The same with fewer than 20.</param>
/// <param name="PerClass">Of every class in label order; null for a class without images.</param>
public sealed record RunAccuracies(
    double Accuracy,
    double? Balanced,
    double? Many,
    double? Medium,
    double? Few,
    IReadOnlyList<double?> PerClass
)
{
    internal static RunAccuracies? Read(JsonFields fields, int classes) =>
        fields.Number("accuracy") is { } accuracy
            ? new RunAccuracies(
                accuracy,
                fields.Number("balanced_accuracy"),
                fields.Number("many_accuracy"),
                fields.Number("medium_accuracy"),
                fields.Number("few_accuracy"),
                fields.Required(fields.Numbers("per_class_accuracy", classes), "per_class_accuracy")
            )
            : null;
}

/// <summary>Where a run comes from, as <c>run.json</c> tells it; null where it does not.</summary>
/// <param name="Data">Short name of the data set.</param>
/// <param name="Source">What the data was opened by.</param>
/// <param name="Fingerprint">SHA-256 over images, labels, class names and size.</param>
/// <param name="Command">The command line.</param>
/// <param name="Started">When it started.</param>
/// <param name="Machine">Operating system, architecture, processors.</param>
/// <param name="Version">Version of the library.</param>
/// <param name="Device">Such as <c>cpu</c>.</param>
/// <param name="Precision">Such as <c>fp32</c>.</param>
/// <param name="Threads">Threads of one operation.</param>
public sealed record RunOrigin(
    string? Data,
    string? Source,
    string? Fingerprint,
    string? Command,
    string? Started,
    string? Machine,
    string? Version,
    string? Device,
    string? Precision,
    int? Threads
)
{
    internal static RunOrigin Read(JsonFields run) =>
        new(
            run.Text("data_name"),
            run.Text("data"),
            run.Text("fingerprint"),
            run.Text("command"),
            run.Text("started"),
            run.Text("machine"),
            run.Text("version") ?? run.Text("written_by"),
            run.Text("device"),
            run.Text("precision"),
            run.Count("threads")
        );
}
