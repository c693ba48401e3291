using System.Text;
using Counterpoise.Basics;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;

namespace Counterpoise.Cli.Tests;

/// <summary>Tables of the docs that say what the code says are made from it, between two marks.</summary>
/// <remarks>With <c>COUNTERPOISE_REWRITE_DOCS=1</c> in the environment the tests write them.</remarks>
public sealed class GeneratedTablesTests
{
    private const string End = "<!-- end -->";

    private static bool Rewrites => Environment.GetEnvironmentVariable("COUNTERPOISE_REWRITE_DOCS") == "1";

    public static TheoryData<string> Pages =>
        [
            .. DocumentedPage
                .All.Select(page => page.Name)
                .Where(name =>
                    name == "docs/recipes.md" || name.StartsWith(DocumentedPage.Methods, StringComparison.Ordinal)
                ),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_tables_of_a_page_are_what_the_code_says(string page)
    {
        string path = Path.Combine(DocumentedPage.Repository, page);
        string text = File.ReadAllText(path);
        string wanted = WithTables(text);
        if (Rewrites)
        {
            File.WriteAllText(path, wanted);
            return;
        }

        Assert.Equal(wanted, text);
    }

    [Fact]
    public void Every_key_is_in_a_table()
    {
        Assert.SkipWhen(Rewrites, "The tables are being written.");
        string pages = string.Concat(
            Pages.Select(page => File.ReadAllText(Path.Combine(DocumentedPage.Repository, page.Data)))
        );
        Assert.All(
            MethodCatalogue.All.SelectMany(method => RecipeText.Describe(Recipe.Erm.With(method))),
            described => Assert.Contains($"\n| `{described.Key}` | ", pages, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_method_has_a_heading_on_one_page() =>
        Assert.All(MethodCatalogue.All, method => Assert.Single(LinksTo(method)));

    /// <summary>Where a method is described, seen from the other pages of methods.</summary>
    /// <remarks>The pages say it themselves: a method has a page, or a part of one, whose heading begins with its name.</remarks>
    private static IEnumerable<string> LinksTo(Method method) =>
        DocumentedPage
            .All.Where(page => page.Name.StartsWith(DocumentedPage.Methods, StringComparison.Ordinal))
            .SelectMany(page => page.Headings().Select(heading => (Page: Path.GetFileName(page.Name), heading)))
            .Where(at => at.heading.TrimStart('#').Trim().Split(':')[0] == method.Name)
            .Select(at =>
                at.heading.StartsWith("# ", StringComparison.Ordinal)
                    ? at.Page
                    : $"{at.Page}#{DocumentedPage.Anchor(at.heading)}"
            );

    private static string WithTables(string text)
    {
        var written = new StringBuilder();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            written.Append(lines[i]).Append(i < lines.Length - 1 ? "\n" : "");
            if (!lines[i].StartsWith("<!-- table ", StringComparison.Ordinal))
            {
                continue;
            }

            string name = lines[i].Split(' ')[2];
            written.Append(name == "methods" ? Methods() : Settings(name));
            i = Array.IndexOf(lines, End, i) - 1;
            Assert.True(i >= 0, $"{lines[i]} has no {End}");
        }

        return written.ToString();
    }

    /// <summary>The keys of a section of recipes; those above all sections are called <c>recipe</c>.</summary>
    private static string Settings(string section)
    {
        Recipe recipe = MethodCatalogue.All.FirstOrDefault(method => method.Name == section) is { } owner
            ? Recipe.Erm.With(owner)
            : Recipe.Erm;
        var rows = RecipeText
            .Describe(recipe)
            .Where(row => (row.Key.Contains('.') ? row.Key.Split('.')[0] : "recipe") == section)
            .ToArray();
        Assert.NotEmpty(rows);
        var table = new StringBuilder("| key | default | range | meaning |\n|---|---|---|---|\n");
        foreach ((string key, string value, Setting setting) in rows)
        {
            string auto = setting.HasAutomatic ? ", or `\"auto\"`" : "";
            string range =
                setting.Choices.Count > 0
                    ? string.Join(", ", setting.Choices.Select(word => $"`{word}`")) + auto
                    : setting.Expectation.Replace(" | ", " or ").Replace("\"auto\"", "`\"auto\"`");
            table.Append($"| `{key}` | `{value}` | {range} | {setting.Documentation.Description} |\n");
        }

        return table.ToString();
    }

    /// <summary>The methods by the slots that they fill.</summary>
    private static string Methods()
    {
        var table = new StringBuilder("| fills | method | |\n|---|---|---|\n");
        foreach (
            IGrouping<string, Method> slot in MethodCatalogue
                .All.GroupBy(Slots)
                .OrderBy(group => Array.IndexOf(Order, group.Key))
        )
        {
            foreach (Method method in slot.OrderBy(method => method.Name, StringComparer.Ordinal))
            {
                table.Append($"| {slot.Key} | [`{method.Name}`]({LinksTo(method).First()}) | {method.Summary} |\n");
            }
        }

        return table.ToString();
    }

    private static readonly string[] Order =
    [
        "nothing",
        "mixer",
        "class weights",
        "loss",
        "loss and head",
        "sampler",
        "sampler and head",
        "head",
        "a second phase",
    ];

    private static string Slots(Method method)
    {
        var empty = new Phase("train", new TrainingSettings());
        Phase filled = method.Fill(empty);
        if (method.Follow(filled) is not null)
        {
            return "a second phase";
        }

        string[] slots =
        [
            .. filled.Mixer is null ? (string[])[] : ["mixer"],
            .. filled.Weights is null ? (string[])[] : ["class weights"],
            .. filled.Loss is null ? (string[])[] : ["loss"],
            .. filled.Sampler is null ? (string[])[] : ["sampler"],
            .. filled.Head is null ? (string[])[] : ["head"],
        ];
        return slots.Length == 0 ? "nothing" : string.Join(" and ", slots);
    }
}
