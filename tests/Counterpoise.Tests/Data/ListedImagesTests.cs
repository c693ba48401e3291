using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Tests.Data;

/// <summary>Which images the lines of lists mean, and which images no line means.</summary>
public sealed class ListedImagesTests : IDisposable
{
    private const string Train = "id,label\n00.png,x\n01.png,x\n02.png,y\n03.png,y\n";
    private const string Test = "id,label\n00.png,y\n01.png,x\n";
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("train 4; test 2", "train", "test")]
    [InlineData("train_images 4; test_images 4", "train_images", "test_images")]
    [InlineData("Training 4; Testing 2; other 4", "Training", "Testing")]
    [InlineData("all 4; testing 2", "all", "testing")]
    public void Names_that_each_part_has_mean_the_part_s_own_images(string tree, string trained, string tested)
    {
        TestTree.Make(temp, tree);
        Write("train.csv", Train);
        Write("test.csv", Test);

        ImageListing found = List(new() { PathColumn = "id" });

        Assert.Equal(
            [$"{trained}/00.png 0", $"{trained}/01.png 0", $"{trained}/02.png 1", $"{trained}/03.png 1"],
            Describe(found.Train)
        );
        Assert.Equal([$"{tested}/01.png 0", $"{tested}/00.png 1"], Describe(found.Test).OrderDescending());
        Assert.Contains(
            found.Notes,
            note => note.EndsWith($"test part are in {temp.At(tested)}.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void One_list_with_a_column_of_parts_may_have_a_folder_for_each()
    {
        TestTree.Make(temp, "train 4; test 2");
        Write("list.csv", "path,label,split\n00.png,x,train\n01.png,y,train\n00.png,y,test\n");
        Assert.Contains("lines 2 and 4 both name 00.png", Assert.Throws<CounterpoiseException>(() => List()).Message);

        Write("list.csv", "path,label,split\n02.png,x,train\n03.png,y,train\n00.png,y,test\n");
        ImageListing found = List();
        Assert.Equal(["train/02.png 0", "train/03.png 1"], Describe(found.Train));
        Assert.Equal(["test/00.png 1"], Describe(found.Test));
    }

    [Fact]
    public void A_part_s_images_may_lie_in_another_part_s_folder_where_there_is_no_other()
    {
        TestTree.Make(temp, "train 6");
        Write("train.csv", Train);
        Write("test.csv", "id,label\n04.png,y\n05.png,x\n");
        Assert.Equal(["train/04.png 1", "train/05.png 0"], Describe(List(new() { PathColumn = "id" }).Test).Order());
    }

    [Fact]
    public void Images_that_no_line_names_are_left_out_and_named()
    {
        TestTree.Make(temp, "cats 3; dogs 3");
        Write("notes.csv", "path,label\ncats/00.png,good\ncats/01.png,good\ndogs/00.png,bad\ndogs/01.png,bad\n");
        Assert.Equal("2 images that no line of the lists names", TestTree.DescribeLeftOut(List().LeftOut));
        Assert.Equal([temp.At("cats", "02.png"), temp.At("dogs", "02.png")], List().LeftOut[0].Files);

        // What is there by another name, too, is named.
        File.CreateSymbolicLink(temp.At("cats", "twice.png"), temp.At("cats", "00.png"));
        Directory.CreateSymbolicLink(temp.At("again"), temp.At("dogs"));
        Assert.Equal(2, List().LeftOut.Sum(entry => entry.Count));
    }

    [Fact]
    public void A_list_to_test_on_may_have_parts_of_its_own()
    {
        TestTree.Make(temp, "a 4; b 3");
        Write("train.csv", "path,label\na/00.png,x\na/01.png,x\na/02.png,y\na/03.png,y\n");
        Write("other.csv", "path,label,split\nb/00.png,x,train\nb/01.png,y,test\nb/02.png,x,val\n");
        ImageListing found = Listing(temp.At("train.csv"), new() { TestData = temp.At("other.csv") });
        Assert.Equal(["b/01.png 1"], Describe(found.Test));
        Assert.Equal(
            "2 rows of other parts of the list to test on; 2 images that no line of the lists names",
            TestTree.DescribeLeftOut(found.LeftOut)
        );
    }

    [Fact]
    public void A_list_of_paths_alone_has_no_labels_to_test_on()
    {
        TestTree.Make(temp, "train 4; test 2");
        Write("train.csv", Train);
        Write("test.csv", "id\n00.png\n01.png\n");
        ImageListing found = List(new() { PathColumn = "id" });
        Assert.Contains("2 rows of a part without labels", TestTree.DescribeLeftOut(found.LeftOut));
        Assert.All(found.Test, file => Assert.Contains("/train/", file.Path));
    }

    [Theory]
    [InlineData("path,label,label\n00.png,x,y\n", "there are 2 columns 'label', 2 and 3")]
    [InlineData("path,Path,label\n00.png,x,y\n", "there are 2 columns 'path', 1 and 2")]
    public void A_column_that_is_there_twice_is_refused(string list, string message)
    {
        TestTree.Make(temp, "a 4");
        Write("train.csv", list);
        Assert.Contains(
            message,
            Assert.ThrowsAny<CounterpoiseException>(() => Listing(temp.At("train.csv"), null)).Message
        );
    }

    [Fact]
    public void Groups_may_be_a_column_by_its_number()
    {
        TestTree.Make(temp, "a 8");
        Write(
            "list.csv",
            "path,label,patient\n"
                + string.Concat(Enumerable.Range(0, 8).Select(i => $"a/{i:00}.png,{"xy"[i % 2]},p{i / 2}\n"))
        );
        ImageListing found = List(new() { Group = "3" });
        Assert.Equal(["p0", "p1", "p2", "p3"], found.All.Select(file => file.Group!).Distinct().Order());
    }

    [Theory]
    [InlineData("Train.txt", "Test.txt")]
    [InlineData("my_TRAIN.txt", "my_test.txt")]
    public void Lists_are_found_by_their_names_in_any_case(string train, string test)
    {
        TestTree.Make(temp, "a 4; b 2");
        Write(train, "a/00.png 0\na/01.png 1\n");
        Write(test, "b/00.png 1\n");
        Assert.Equal(["b/00.png 1"], Describe(List().Test));
    }

    [Fact]
    public void Classes_may_be_columns_of_true_and_false()
    {
        TestTree.Make(temp, "a 8");
        Write(
            "list.csv",
            "path,good,bad\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"a/{i:00}.png,{i < 4},{i >= 4}\n"))
        );
        ImageListing found = List();
        Assert.Equal(["bad", "good"], found.Classes);
        Assert.Equal(4, found.All.Count(file => file.Label == 0));
    }

    [Fact]
    public void Names_of_files_say_no_part_and_names_of_classes_may_stand_for_none()
    {
        TestTree.Make(temp, "a/train_1.png; a/test_1.png; nan/train_2.png; nan/val_2.png");
        IReadOnlyList<string> notes = TestTree.Inspect(temp.Path).Notes;
        Assert.Contains(notes, note => note.Contains("names of 2 files say test or validation, such as test_1.png"));
        Assert.Contains(notes, note => note.Contains("'nan' is taken for a class"));
    }

    private void Write(string name, string text) => File.WriteAllText(temp.At(name), text);

    private ImageListing List(ListingOptions? listing = null) => Listing(temp.Path, listing);

    private static ImageListing Listing(string path, ListingOptions? listing) =>
        TestTree.List(path, new OpenOptions { Listing = listing ?? new ListingOptions() });

    private string[] Describe(IEnumerable<ImageFile> files) =>
        [.. files.Select(file => $"{Path.GetRelativePath(temp.Path, file.Path)} {file.Label}")];
}
