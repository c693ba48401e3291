using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using SkiaSharp;

namespace Counterpoise.Tests.Data;

public sealed class INaturalistTests : IDisposable
{
    private const string Images = """
        {"id": 11, "file_name": "train_val2018/Plantae/7/x.png", "width": 8}, {"id": 12, "file_name": "train_val2018/Aves/3/y.png"}
        """;
    private const string Annotations = """
        {"id": 1, "image_id": 12, "category_id": 3}, {"id": 2, "image_id": 11, "category_id": 7}
        """;
    private const string Categories = """
        {"id": 7, "name": "Bellis perennis"}, {"id": 3, "name": "Turdus merula", "supercategory": "Aves"}
        """;
    private readonly TempFolder temp = new();

    public INaturalistTests()
    {
        foreach (string file in new[] { "Plantae/7/x.png", "Aves/3/y.png", "Aves/3/z.png" })
        {
            TestFiles.Write(temp.At(["train_val2018", .. file.Split('/')]), SKColors.Green);
        }

        Write("train2018.json", Json(Images, Annotations, Categories));
        Write(
            "val2018.json",
            Json("""{"id": 1, "file_name": "train_val2018/Aves/3/z.png"}""", """{"image_id": 1, "category_id": 3}""")
        );
    }

    public void Dispose() => temp.Dispose();

    [Fact]
    public void Classes_are_the_categories_in_the_order_of_their_ids()
    {
        using ImageData data = Open();

        Assert.Equal(["Turdus merula", "Bellis perennis"], data.Train.Classes);
        Assert.Equal([1, 0], data.Train.Labels);
        Assert.Equal([0], data.Test.Labels);
        Assert.Contains("recognised iNaturalist's train2018.json: 2 classes, 2 training and 1 test", data.Notes[0]);
    }

    [Theory]
    [InlineData("", "3,4")]
    [InlineData("""{"id": 4, "name": "same"}, {"id": 3, "name": "same"}""", "3,4")]
    [InlineData("""{"id": 4}, {"id": 3, "name": "x"}""", "3,4")]
    public void Without_names_of_their_own_classes_are_the_ids(string categories, string classes)
    {
        Write("train2018.json", Json(Images, Annotations.Replace("7", "4", StringComparison.Ordinal), categories));
        using ImageData data = Open();
        Assert.Equal(classes, string.Join(',', data.Train.Classes));
    }

    [Fact]
    public void The_files_can_be_given_one_by_one()
    {
        File.Move(temp.At("train2018.json"), temp.At("mine.json"));
        File.Move(temp.At("val2018.json"), temp.At("held.json"));
        string file = temp.At("mine.json");
        Assert.Contains("testData", Assert.Throws<UsageException>(() => ImageDataSource.Open(file)).Message);
        using ImageData data = ImageDataSource.Open(
            file,
            new OpenOptions { Listing = new() { TestData = temp.At("held.json") } }
        );
        Assert.Equal([0], data.Test.Labels);
    }

    [Theory]
    [InlineData(
        Images,
        """{"image_id": 12, "category_id": 3}""",
        "",
        "image 11 (train_val2018/Plantae/7/x.png) has no annotation"
    )]
    [InlineData(
        Images,
        Annotations + """, {"image_id": 99, "category_id": 3}""",
        "",
        "an annotation is of the image 99, which is not among the images"
    )]
    [InlineData(
        Images,
        Annotations + """, {"image_id": 12, "category_id": 7}""",
        "",
        "image 12 has two annotations, of the categories 3 and 7"
    )]
    [InlineData(
        Images + """, {"id": 12, "file_name": "z.png"}""",
        Annotations,
        "",
        "two images have the id 12, the second is z.png"
    )]
    [InlineData(Images, Annotations, "", "no image has the category 4, but there are 3 to 7")]
    [InlineData(
        Images,
        Annotations,
        Categories + """, {"id": 5, "name": "z"}""",
        "the category 5 has no training image"
    )]
    [InlineData(
        Images,
        Annotations,
        """{"id": 3, "name": "z"}""",
        "an annotation has the category 7, which is not among the categories"
    )]
    [InlineData("", "", "", "has no images")]
    [InlineData("""{"id": 11}""", Annotations, "", "is damaged, or not iNaturalist's")]
    [InlineData("""{"id": 11, "file_name": null}""", Annotations, "", "is damaged, or not iNaturalist's")]
    [InlineData("""{"id": 11, "file_name": """, Annotations, "", "is damaged, or not iNaturalist's")]
    public void A_wrong_file_is_refused(string images, string annotations, string categories, string named)
    {
        Write("train2018.json", Json(images, annotations, categories));
        string message = Assert.Throws<CounterpoiseException>(() => Open()).Message;
        Assert.Contains(named, message);
        Assert.StartsWith(temp.At("train2018.json"), message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Paths_that_lead_elsewhere_or_to_nothing_are_named_by_their_image()
    {
        Write(
            "train2018.json",
            Json(Images.Replace("train_val2018/Aves", "../Aves", StringComparison.Ordinal), Annotations, Categories)
        );
        Assert.Contains(
            "image 2: ../Aves/3/y.png is absolute or has '..'",
            Assert.Throws<CounterpoiseException>(() => Open()).Message
        );
        Write(
            "train2018.json",
            Json(Images.Replace("y.png", "w.png", StringComparison.Ordinal), Annotations, Categories)
        );
        Assert.Contains(
            "image 2 names train_val2018/Aves/3/w.png, which is not in",
            Assert.Throws<CounterpoiseException>(() => Open()).Message
        );
    }

    [Fact]
    public void A_missing_part_and_two_versions_are_refused()
    {
        File.Delete(temp.At("val2018.json"));
        Assert.Contains("such as val2018.json", Assert.Throws<UsageException>(() => Open()).Message);
        Write("train2019.json", "{}");
        Assert.Contains("such as val2018.json", Assert.Throws<UsageException>(() => Open()).Message);
        Write("train2019.json", """{"info": {}}""");
        Assert.Contains("found train2018.json, train2019.json", Assert.Throws<UsageException>(() => Open()).Message);
    }

    private static string Json(string images, string annotations, string categories = "") =>
        $$"""{"info": {"year": 2018}, "images": [{{images}}], "annotations": [{{annotations}}], "categories": [{{categories}}]}""";

    private ImageData Open() => ImageDataSource.Open(temp.Path, new OpenOptions { ImageSize = 8 });

    private void Write(string name, string text) => File.WriteAllText(temp.At(name), text);
}
