using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class DataSurveyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_median_of_the_shorter_sides_is_that_of_training_images()
    {
        Write("data/train/a", (60, 90), (200, 70), (80, 80));
        Write("data/train/b", (300, 100), (90, 500));
        Write("data/test/a", (9, 9));
        Write("data/test/b", (9, 9));

        DataSurvey survey = ImageDataSource.Survey(folder["data"]);

        Assert.Equal(["a", "b"], survey.Classes);
        Assert.Equal([0, 0, 0, 1, 1], survey.Labels);
        Assert.Equal(80, survey.Side); // Of 60, 70, 80, 90 and 100.
        Assert.Equal(5, survey.Sampled);
    }

    /// <summary>Many files of two sizes: the sample is one of all of them, whatever the order of a list.</summary>
    [Fact]
    public void The_sample_is_the_same_whatever_the_order_of_files()
    {
        Directory.CreateDirectory(folder["data"]);
        string[] rows =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i =>
                {
                    string name = $"{i:D3}.png";
                    TestFiles.Write(folder[$"data/{name}"], i < 160 ? 20 : 50, 60, (_, _) => SKColors.Red);
                    return $"{name},{(i % 2 == 0 ? "a" : "b")}";
                }),
        ];
        DataSurvey[] surveys =
        [
            .. new[] { rows, [.. rows.Reverse()], [.. rows.OrderBy(row => row[2])] }.Select(
                (order, i) =>
                {
                    string list = folder[$"data/list{i}.csv"];
                    File.WriteAllLines(list, ["path,label", .. order]);
                    return ImageDataSource.Survey(list);
                }
            ),
        ];

        Assert.All(surveys, survey => Assert.Equal((20, DataSurvey.MostSampled), (survey.Side, survey.Sampled)));
    }

    /// <summary>What follows on the header is not looked at.</summary>
    [Fact]
    public void Headers_alone_are_read_and_what_has_none_is_left_out()
    {
        Write("data/a", (60, 90), (60, 90));
        Write("data/b", (60, 90), (60, 90));
        foreach (string file in Directory.GetFiles(folder["data"], "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..64]); // Cut off within the pixels.
        }

        File.WriteAllText(folder["data/a/none.png"], "not a picture");
        File.WriteAllBytes(folder["data/b/empty.png"], []);

        DataSurvey survey = ImageDataSource.Survey(folder["data"]);

        Assert.Equal(60, survey.Side);
        Assert.InRange(survey.Sampled, 2, 4); // Some are split off to test on.
        Assert.Equal(default, ImageDecoder.SizeOf(folder["data/a/none.png"]));
        Assert.Equal(default, ImageDecoder.SizeOf(folder["data/b/empty.png"]));
        Assert.Equal(default, ImageDecoder.SizeOf(folder["nowhere.png"]));
    }

    [Fact]
    public void A_picture_that_lies_on_its_side_is_measured_upright()
    {
        string file = folder["turned.jpg"];
        TestFiles.Write(file, 30, 20, (_, _) => SKColors.Blue);

        Assert.Equal(new(30, 20), ImageDecoder.SizeOf(file));
    }

    [Fact]
    public void Data_with_sizes_of_its_own_is_not_looked_at()
    {
        Assert.Equal(
            (32, 0),
            (ImageDataSource.Survey(SyntheticImages.Name).Side, ImageDataSource.Survey(SyntheticImages.Name).Sampled)
        );
        Write("data/a", (60, 90), (60, 90));
        Write("data/b", (60, 90), (60, 90));
        ImageDataSource.Pack(folder["data"], folder["images.pack"], stop: TestContext.Current.CancellationToken);
        Assert.Same(DataSurvey.None, ImageDataSource.Survey(folder["images.pack"]));
    }

    [Fact]
    public async Task Rows_of_Parquet_files_are_looked_at_from_the_first()
    {
        Write("pictures", (90, 60), (80, 70), (300, 200));
        byte[][] pictures = [.. Directory.GetFiles(folder["pictures"]).Order().Select(File.ReadAllBytes)];
        Directory.CreateDirectory(folder["parquet"]);
        await TestParquet.Write<long>(
            folder["parquet/train-00000-of-00001.parquet"],
            [(pictures[0], 0), (pictures[1], 1), (pictures[2], 1)]
        );
        await TestParquet.Write<long>(
            folder["parquet/test-00000-of-00001.parquet"],
            [(pictures[0], 0), (pictures[1], 1)]
        );

        DataSurvey survey = ImageDataSource.Survey(folder["parquet"]);

        Assert.Equal((70, 3), (survey.Side, survey.Sampled));
        Assert.Equal([0, 1, 1], survey.Labels);
        Assert.Equal(2, survey.Classes.Count);
    }

    [Fact]
    public void Published_data_keeps_the_size_of_its_protocol()
    {
        Write("tiny/train/n01/images", (64, 64));
        Write("tiny/train/n02/images", (64, 64));
        Write("tiny/val/images", (64, 64), (64, 64));
        File.WriteAllLines(
            folder["tiny/val/val_annotations.txt"],
            ["000.png\tn01\t0\t0\t9\t9", "001.png\tn02\t0\t0\t9\t9"]
        );

        Assert.Same(DataSurvey.None, ImageDataSource.Survey(folder["tiny"]));
    }

    private void Write(string to, params (int Width, int Height)[] sizes)
    {
        Directory.CreateDirectory(folder[to]);
        foreach ((int i, (int width, int height)) in sizes.Index())
        {
            TestFiles.Write(folder[$"{to}/{i:D3}.png"], width, height, (x, y) => new((byte)(x * 7), (byte)(y * 5), 9));
        }
    }
}
