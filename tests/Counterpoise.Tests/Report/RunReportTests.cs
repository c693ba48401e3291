using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Report;
using Counterpoise.Report.Reports;

namespace Counterpoise.Tests.Report;

public sealed class RunReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int written;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void One_run_has_everything_in_one_page()
    {
        string page = Html(new WrittenRun());

        Assert.Contains("erm reached 60.0 % balanced test accuracy (one seed).", page);
        Assert.All(
            new[]
            {
                "f00d",
                "a machine",
                "counterpoise train recipe.toml --data /somewhere/pictures",
                "batch_size = 128",
            },
            text => Assert.Contains(text, page)
        );
        Assert.All(
            ["confusion", "calibration", "gradient-norm"],
            name => Assert.Contains($"<figure id=\"{name}\">", page)
        );
        Assert.Contains("<title>common (500): 4 (epoch 4)</title>", page);
        Assert.Contains($"data:image/png;base64,{Convert.ToBase64String(WrittenRun.Picture)}", page);
        Assert.Contains("alt=\"Test image 17: rare taken for common\"", page);
        Assert.Contains("98 % sure", page);
    }

    [Fact]
    public void A_page_needs_nothing_from_elsewhere_and_runs_its_own_script_alone()
    {
        string page = Html(new WrittenRun());

        Assert.DoesNotMatch("(src|href)=\"(?!data:|#)", page);
        Assert.DoesNotContain("@import", page);
        Assert.DoesNotContain("url(", page);
        string script = page.Split("<script>")[1].Split("</script>")[0];
        string digest = Convert.ToBase64String(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script))
        );
        Assert.Contains($"script-src 'sha256-{digest}'", page);
        Assert.Contains("default-src 'none'", page);
    }

    [Fact]
    public void Every_table_has_a_caption_and_every_drawing_a_description()
    {
        string page = Html(new WrittenRun());

        Assert.Equal(Count(page, "<table"), Count(page, "<p class=\"caption\">"));
        Assert.Equal(Count(page, "<svg "), Count(page, "<svg [^>]*role=\"img\" aria-label=\"[^\"]{20,}"));
        Assert.Equal(1, Count(page, "<h1>"));
    }

    [Fact]
    public void Two_runs_are_compared_without_claiming_more_than_one_seed_tells()
    {
        string result = Result(WrittenRun.Of("erm"), WrittenRun.Of("mfw") with { Accuracy = 55 });

        Assert.Equal(
            "mfw reached 65.0 % balanced test accuracy, 5.0 points more than erm with 60.0 % (too few seeds to tell such a difference from chance).",
            result
        );
    }

    [Fact]
    public void A_difference_within_the_spread_of_the_seeds_is_none()
    {
        WrittenRun Of(string method, ulong seed, double accuracy) =>
            WrittenRun.Of(method, seed) with
            {
                Accuracy = accuracy,
            };

        Assert.Contains(
            "mfw reached 80.5 ± 0.7 % balanced test accuracy, 20.0 points more than erm with 60.5 ± 0.7 % (2 seeds and 2 seeds).",
            Result(Of("erm", 0, 50), Of("erm", 1, 51), Of("mfw", 0, 70), Of("mfw", 1, 71))
        );
        Assert.Contains(
            "4.5 points more than erm with 60.5 ± 0.7 % (2 seeds and 2 seeds): no more than chance may do.",
            Result(Of("erm", 0, 50), Of("erm", 1, 51), Of("mfw", 0, 50), Of("mfw", 1, 60))
        );
    }

    [Fact]
    public void Runs_of_other_data_or_other_settings_are_said_to_be_so()
    {
        Assert.Contains(
            "The runs were trained on different data, so their results are not compared.",
            Result(WrittenRun.Of("erm"), WrittenRun.Of("mfw") with { Fingerprint = "cafe" })
        );

        WrittenRun longer = WrittenRun.Of("mfw");
        longer = longer with { Recipe = longer.Recipe with { Training = longer.Recipe.Training with { Epochs = 8 } } };
        Assert.Contains("The runs also differ in training.epochs.", Result(WrittenRun.Of("erm"), longer));
    }

    [Fact]
    public void An_unfinished_run_has_no_result() =>
        Assert.Contains(
            "Not all runs are finished, so this is not a result yet: erm has 2 of 4 epochs.",
            Result(new WrittenRun { Finished = false })
        );

    [Fact]
    public void A_run_without_statistics_says_how_to_get_them()
    {
        string page = Html(new WrittenRun { WithStatistics = false });

        Assert.Contains("erm reached 60.0 %", page);
        Assert.Contains("<figure id=\"accuracy\">", page);
        Assert.DoesNotContain("<figure id=\"confusion\">", page);
        Assert.Contains("<b>deviation, classification-ratio", page);
        Assert.Contains("--statistics every=1", page);
    }

    [Fact]
    public void Names_cannot_become_markup()
    {
        string[] names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\u202Eb & | `c` </title>"];
        var run = new WrittenRun { Classes = names };

        string page = Html(run);
        string markdown = Markdown(run);

        Assert.Equal(1, Count(page, "<script"));
        Assert.DoesNotContain("<img src=x", page);
        Assert.DoesNotContain('\u202E', page);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page);
        Assert.Equal(1, Count(page, "</title>\n<style>"));
        Assert.DoesNotMatch(@"(?<!\\)<script", markdown);
        Assert.Contains(@"\& \| \`c\` \</title\>", markdown);
    }

    [Fact]
    public void A_missing_or_false_picture_leaves_a_place_for_it()
    {
        string run = new WrittenRun().Write(folder["run"]);
        File.WriteAllText(Path.Combine(run, "examples", "18.png"), "no PNG");
        File.Delete(Path.Combine(run, "examples", "17.png"));

        new RunReport(RunSet.Read([run])).SaveHtml(folder["report.html"]);

        string page = File.ReadAllText(folder["report.html"]);
        Assert.Equal(2, Count(page, "class=\"no-picture\""));
        Assert.DoesNotContain("data:image", page);
        Assert.Contains("Test image 18: rare taken for common; no picture", page);
    }

    [Fact]
    public void Markdown_has_tables_and_figures_in_a_folder_beside_it()
    {
        string markdown = Markdown(WrittenRun.Of("erm"), WrittenRun.Of("mfw"));

        Assert.StartsWith("# erm and mfw on pictures\n", markdown, StringComparison.Ordinal);
        Assert.Contains("| rare | 5 | 70.0 | 50.0 | 0.40 | 0.075 | 12 |", markdown);
        string[] figures = [.. markdown.Split("](").Skip(1).Select(link => link.Split(')')[0])];
        Assert.Equal(10, figures.Length);
        Assert.All(figures, figure => Assert.True(File.Exists(folder[figure])));
        Assert.All(
            markdown.Split("\n\n").Where(block => block.StartsWith('|')),
            table => Assert.Single(table.TrimEnd().Split('\n').Select(line => line.Count(c => c == '|')).Distinct())
        );
    }

    [Fact]
    public void A_report_that_cannot_be_written_leaves_nothing()
    {
        string run = new WrittenRun().Write(folder["run"]);

        var error = Assert.Throws<CounterpoiseException>(() =>
            new RunReport(RunSet.Read([run])).SaveHtml(folder["no/report.html"])
        );

        Assert.Contains(folder["no/report.html"], error.Message);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    private string Result(params WrittenRun[] runs) => Report(runs).Result;

    private string Html(params WrittenRun[] runs)
    {
        Report(runs).SaveHtml(folder["report.html"]);
        return File.ReadAllText(folder["report.html"]);
    }

    private string Markdown(params WrittenRun[] runs)
    {
        Report(runs).SaveMarkdown(folder["report.md"]);
        return File.ReadAllText(folder["report.md"]);
    }

    private RunReport Report(WrittenRun[] runs) =>
        new(RunSet.Read([.. runs.Select(run => run.Write(folder[$"run {++written}"]))]));

    private static int Count(string text, string pattern) =>
        Regex.Count(text, pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
}
