using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;

namespace Counterpoise.Tests.Data;

public sealed class ImageFileWalkTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public void What_other_systems_leave_is_left_out_and_counted()
    {
        TestTree.Make(
            temp,
            "cat 2; cat/@eaDir/00.png/thumb.jpg; cat/._00.png; cat/Thumbs.db; cat/.DS_Store; cat/.hidden.png; cat/.thumbs 2; dog 2; "
                + "dog/__MACOSX 1; dog/#recycle 1; dog/lost+found 1; $RECYCLE.BIN 3; .ipynb_checkpoints 2; __MACOSX/cat 2"
        );
        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Equal("cat 1+1, dog 1+1", TestTree.Describe(found));
        Assert.Equal(
            "3 folders that other systems made; 1 files that other systems made of cat; 1 hidden files of cat; "
                + "1 hidden folders of cat; 1 folders that other systems made of cat; 3 folders that other systems made of dog",
            TestTree.DescribeLeftOut(found.LeftOut)
        );
    }

    [Fact]
    public void Endings_that_are_not_read_and_images_without_one_are_counted_by_class()
    {
        TestTree.Make(
            temp,
            "cat 2; dog 2; cat/a.ppm; dog/a.heic; dog/b.HEIC; dog/notes.txt; dog/labels.json; dog/README; loose.png"
        );
        File.Copy(temp.At("dog", "00.png"), temp.At("dog", "noending"));
        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Equal(
            "1 images beside the class folders; 1 files ending with .ppm, which are not read of cat; "
                + "2 files ending with .heic, which are not read of dog; 1 files without an ending, which are not read of dog",
            TestTree.DescribeLeftOut(found.LeftOut)
        );
        Assert.Contains(
            $"{temp.Path}: left out files ending with .heic, which are not read (2; dog 2): {Path.Combine("dog", "a.heic")}, {Path.Combine("dog", "b.HEIC")}.",
            found.Notes
        );
        LeftOut loose = found.LeftOut[0];
        Assert.Equal((null, 1, temp.At("loose.png")), (loose.Class, loose.Count, Assert.Single(loose.Files)));
    }

    [Fact]
    public void Links_are_followed_but_not_in_circles_and_broken_ones_are_counted()
    {
        TestTree.Make(temp, "set/cat 2; set/dog 2; store/more 3; store/one.png");
        Link("set/dog/more", "store/more");
        Link("set/dog/one.png", "store/one.png");
        Link("set/dog/up", "set");
        Link("set/dog/self", "set/dog");
        Link("set/cat/gone.png", "nowhere.png");
        Link("set/cat/again", "set/cat/again");
        Link("set/bird", "nowhere");
        DataInspection found = TestTree.Inspect(temp.At("set"));
        Assert.Equal("cat 1+1, dog 5+1", TestTree.Describe(found));
        Assert.Equal(
            "1 broken links of bird; 2 broken links of cat; 2 links to a folder above them of dog",
            TestTree.DescribeLeftOut(found.LeftOut)
        );

        Link("set/dog/twice", "store/more");
        Assert.Contains(
            "1 folders that are read already under another name of dog",
            TestTree.DescribeLeftOut(TestTree.Inspect(temp.At("set")).LeftOut),
            StringComparison.Ordinal
        );
        Link("set/loop", "set");
        Assert.Contains(
            "a folder above it",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.At("set"))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(8, new ImageFileWalk(temp.At("set")).Files(temp.At("set"), null).Count());
    }

    [Fact]
    public void Names_that_are_not_UTF8_are_told_and_a_class_is_not_lost_by_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "Names are Unicode there.");
        TestTree.Make(temp, "cat 3; dog 3");
        Assert.SkipUnless(Rename("cat/00.png", "cat/caf$'\\xe9'.png"), "The shell could not make such a name.");
        DataInspection found = TestTree.Inspect(temp.Path);
        Assert.Equal(
            "1 files whose names are not UTF-8, which cannot be opened by them of cat",
            TestTree.DescribeLeftOut(found.LeftOut)
        );
        Assert.True(Rename("dog", "$'\\xb9\\xb7'"));
        Assert.Contains(
            "the folder's name is not UTF-8",
            Assert.Throws<CounterpoiseException>(() => TestTree.Inspect(temp.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.True(Rename("$'\\xb9\\xb7'", "dog")); // So that the folder can be deleted again.
        Assert.True(Rename("cat/caf$'\\xe9'.png", "cat/00.png"));
    }

    private bool Rename(string from, string to)
    {
        using var shell = System.Diagnostics.Process.Start(
            "bash",
            ["-c", $"mv '{temp.Path}'/{from} '{temp.Path}'/{to}"]
        );
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }

    [Fact]
    public void Files_come_in_ordinal_order_of_their_paths()
    {
        TestTree.Make(temp, "b/x.png; b.png; b-1.png; B/z.png; b/a/q.png; b0/r.png; ba.jpg");
        string[] files = [.. new ImageFileWalk(temp.Path).Files(temp.Path, null)];
        Assert.Equal(files.Order(StringComparer.Ordinal), files);
        Assert.Equal(7, files.Length);
    }

    [Theory]
    [InlineData("*.jpg", "", "a.jpg, cat/1.jpg")]
    [InlineData("cat", "", "cat/1.jpg, cat/1.png, cat/left/2.png")]
    [InlineData("cat/*", "", "cat/1.jpg, cat/1.png, cat/left/2.png")]
    [InlineData("cat/*.png", "", "cat/1.png")]
    [InlineData("cat/**/*.png", "", "cat/1.png, cat/left/2.png")]
    [InlineData("**/left/*", "", "cat/left/2.png")]
    [InlineData("?.png", "", "cat/1.png, cat/left/2.png")]
    [InlineData("", "*.png", "a.jpg, cat/1.jpg, dog.jpg/3.webp")]
    [InlineData("", "left", "a.jpg, cat/1.jpg, cat/1.png, dog.jpg/3.webp")]
    [InlineData("", "c*/*.jpg", "a.jpg, cat/1.png, cat/left/2.png, dog.jpg/3.webp")]
    [InlineData("cat", "*.jpg", "cat/1.png, cat/left/2.png")]
    [InlineData("cat\\left\\*", "", "cat/left/2.png")]
    public void Patterns_choose_files(string include, string exclude, string expected)
    {
        string[] all = ["a.jpg", "cat/1.jpg", "cat/1.png", "cat/left/2.png", "dog.jpg/3.webp"];
        var choice = new FileChoice(include.Length == 0 ? [] : [include], exclude.Length == 0 ? [] : [exclude]);
        string[] wanted =
        [
            .. all.Where(choice.Wants)
                .Where(path => include != "*.jpg" || !path.StartsWith("dog", StringComparison.Ordinal)),
        ];
        Assert.Equal(expected, string.Join(", ", wanted));
    }

    [Fact]
    public void Masks_beside_images_are_told_and_can_be_left_out()
    {
        TestTree.Make(temp, "cat/1.jpg; cat/1.png; cat/2.jpg; cat/2.png; dog/1.jpg; dog/1.png; dog/3.jpg");
        Assert.Contains(
            TestTree.Inspect(temp.Path).Notes,
            note => note.Contains("3 files differ from another one in their ending alone", StringComparison.Ordinal)
        );
        DataInspection chosen = TestTree.Inspect(temp.Path, new() { Include = new ValueList<string>("*.jpg") });
        Assert.Equal("cat 1+1, dog 1+1", TestTree.Describe(chosen));
        Assert.Equal("2 excluded files of cat; 1 excluded files of dog", TestTree.DescribeLeftOut(chosen.LeftOut));
        Assert.DoesNotContain(chosen.Notes, note => note.Contains("ending alone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.png; 1_mask.png; 2.png; 2_mask.png", 2)]
    [InlineData("1.jpg; 1-seg.png; 12.jpg; mask.png", 1)]
    [InlineData("cat.png; cat_labels.png; dog_mask.png; dog_mask_2.png", 1)]
    [InlineData("1_mask.png; 2_mask.png; unmask.png", 0)]
    public void Masks_by_their_names_are_told(string files, int expected)
    {
        TestTree.Make(temp, string.Join("; ", files.Split("; ").Select(file => "a/" + file)) + "; b 3");
        string[] notes = [.. TestTree.Inspect(temp.Path).Notes.Where(note => note.Contains("named like masks"))];
        Assert.Equal(expected == 0 ? 0 : 1, notes.Length);
        Assert.All(notes, note => Assert.Contains($": {expected} files are named like masks", note));
    }

    private void Link(string link, string target)
    {
        string at = temp.At(link.Split('/'));
        string to = temp.At(target.Split('/'));
        if (Directory.Exists(to) || Path.GetExtension(to).Length == 0)
        {
            Directory.CreateSymbolicLink(at, to);
        }
        else
        {
            File.CreateSymbolicLink(at, to);
        }
    }
}
