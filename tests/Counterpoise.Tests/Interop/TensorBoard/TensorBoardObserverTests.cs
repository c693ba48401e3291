using Counterpoise.Basics;
using Counterpoise.Metrics;
using Counterpoise.Runs;
using Counterpoise.Training;

namespace Counterpoise.Tests.Interop.TensorBoard;

public sealed class TensorBoardObserverTests : IDisposable
{
    private const string Script = """
        import sys
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        read = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0}).Reload()
        losses = read.Scalars("train/loss")
        assert [e.step for e in losses] == [1, 2, 3], losses
        assert [e.value for e in losses] == [0.5, 0.25, 0.125], losses
        assert "class/Käfer/größe" in read.Tags()["scalars"], read.Tags()
        """;

    private static readonly string[] Classes = ["cat", "Käfer/größe", "車"];

    private readonly TemporaryFolder folder = new();
    private readonly RunFolder run;

    public TensorBoardObserverTests() => run = RunFolder.Create(folder["run"], "", new RunDescription());

    private string Events => Path.Combine(run.Path, "tensorboard");

    public void Dispose()
    {
        run.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void The_slow_checksum_is_the_published_one() =>
        Assert.Equal(0xE3069283, EventReader.Crc("123456789"u8.ToArray()));

    [Fact]
    public void Every_number_of_an_epoch_has_its_tag()
    {
        double before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        Train(new TensorBoardObserver(run, Classes), Tested(1), Untested(2));

        string file = Assert.Single(Directory.GetFiles(Events));
        Assert.Matches(@"\Aevents\.out\.tfevents\.[0-9]{10}\..+\.[0-9]+\.v2\z", Path.GetFileName(file));
        IReadOnlyList<ReadEvent> events = EventReader.Read(file);
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.True(events[1].StartsSession);
        Assert.Equal([0L, 0, 1, 2], events.Select(read => read.Step));
        Assert.All(events, read => Assert.InRange(read.WallTime, before, before + 60));
        Assert.Equal(
            [
                ("train/loss", 0.5f),
                ("train/running_accuracy", 40f),
                ("train/learning_rate", 0.01f),
                ("train/images_per_second", 300f),
                ("test/accuracy", 71f),
                ("test/balanced_accuracy", 61f),
                ("test/many_accuracy", 81f),
                ("test/few_accuracy", 21f),
                ("held_out/accuracy", 72f),
                ("held_out/balanced_accuracy", 62f),
                ("held_out/many_accuracy", 82f),
                ("held_out/few_accuracy", 22f),
                ("class/cat", 91f),
                ("class/車", 31f),
            ],
            events[2].Scalars
        );
        Assert.Equal(
            ["train/loss", "train/running_accuracy", "train/learning_rate", "train/images_per_second"],
            events[3].Scalars.Select(scalar => scalar.Tag)
        );
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(101, 0)]
    public void More_than_a_hundred_classes_are_not_shown_one_by_one(int classes, int shown)
    {
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"c{c}")];
        var test = new ClassificationMetrics(1, 2, [.. names.Select((_, c) => (double?)c)], 3, 4, 5);

        Train(new TensorBoardObserver(run, names), Untested(1) with { Test = test });

        (string Tag, float Value)[] found =
        [
            .. EventReader.Shown(Events)[0].Scalars.Where(s => s.Tag.StartsWith("class/", StringComparison.Ordinal)),
        ];
        Assert.Equal(Enumerable.Range(0, shown).Select(c => ($"class/c{c}", (float)c)), found);
    }

    [Fact]
    public void A_training_that_goes_on_loses_no_epoch_and_shows_none_twice()
    {
        Train(new TensorBoardObserver(run, Classes), Tested(1), Untested(2));
        run.AppendMetrics(Tested(3).ToJson()); // Killed after its checkpoint, before its events.

        Train(new TensorBoardObserver(run, Classes), Untested(4), Tested(5));

        Assert.Equal(2, Directory.GetFiles(Events).Length);
        IReadOnlyList<ReadEvent> shown = EventReader.Shown(Events);
        Assert.Equal([1L, 2, 3, 4, 5], shown.Select(read => read.Step));
        Assert.Equal([0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f], shown.Select(read => read.Scalars[0].Value));
        Assert.Contains(("class/車", 31f), shown[2].Scalars);
        Assert.Equal(shown.Select(read => read.WallTime).Order(), shown.Select(read => read.WallTime));
        Assert.Equal(20, shown[3].WallTime - shown[1].WallTime, 1e-3); // The training time of two epochs.
    }

    [Fact]
    public void A_torn_last_record_is_left_behind()
    {
        Train(new TensorBoardObserver(run, Classes), Tested(1), Tested(2));
        string torn = Directory.GetFiles(Events).Single();
        using (FileStream stream = File.OpenWrite(torn))
        {
            stream.SetLength(stream.Length - 5);
        }

        byte[] before = File.ReadAllBytes(torn);
        Assert.Equal([1L], EventReader.Shown(Events).Select(read => read.Step));

        Train(new TensorBoardObserver(run, Classes), Tested(3));

        Assert.Equal(before, File.ReadAllBytes(torn));
        Assert.Equal([1L, 2, 3], EventReader.Shown(Events).Select(read => read.Step));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Events, "in the way");
        var error = Assert.Throws<CounterpoiseException>(() =>
            Train(new TensorBoardObserver(run, Classes), Untested(1))
        );
        Assert.Contains(Events, error.Message);
    }

    [Fact]
    public void TensorBoard_itself_reads_it()
    {
        var python = Python.That("import tensorboard", "the package tensorboard");
        var test = new ClassificationMetrics(1, 2, [3, 4, 5], 6, 7, 8);
        Train(new TensorBoardObserver(run, Classes), Untested(1) with { Test = test }, Untested(2));
        Train(new TensorBoardObserver(run, Classes), Untested(3));
        python.Run("-c", Script, Events);
    }

    private void Train(TensorBoardObserver observer, params EpochMetrics[] epochs)
    {
        foreach (EpochMetrics metrics in epochs)
        {
            run.AppendMetrics(metrics.ToJson());
            observer.OnEpoch(metrics);
        }
    }

    private static EpochMetrics Untested(int epoch) =>
        new(epoch, "train", Math.Pow(0.5, epoch), 40, 0.01, 300, 10, 100, null, null);

    private static EpochMetrics Tested(int epoch) =>
        Untested(epoch) with
        {
            Test = new ClassificationMetrics(71, 61, [91, null, 31], 81, null, 21),
            HeldOut = new ClassificationMetrics(72, 62, [92, null, 32], 82, null, 22),
        };
}
