using Counterpoise.Runs;
using Counterpoise.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Counterpoise.Watch.Tests;

public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private static readonly LocatorAssertionsToContainTextOptions WithinThreeSeconds = new() { Timeout = 3000 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_line_that_another_process_appends_appears_within_three_seconds_in_list_and_run()
    {
        using RunFolder run = ExampleRun.Create(folder["run"]);
        run.AppendMetrics(ExampleRun.Line(1, 4));
        await using Client client = await Client.Watch(folder.Path);
        IPage list = await browser.Open(client.Address);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));
        await Expect(list.Locator("tbody tr")).ToContainTextAsync("1 / 10");
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 1 of 10");
        await Expect(page.Locator("h1 + span")).ToHaveTextAsync("running");
        await page.GetByLabel("Loss: show as table").ClickAsync();

        run.AppendMetrics(ExampleRun.Line(2, 4));

        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 2 of 10", WithinThreeSeconds);
        await Expect(page.GetByLabel("Loss: table").Locator("tbody tr")).ToHaveTextAsync(["12", "21"]);
        await Expect(list.Locator("tbody tr")).ToContainTextAsync("2 / 10", WithinThreeSeconds);
        await Expect(list.Locator("tbody tr")).ToContainTextAsync("40.2 %");
    }

    [Fact]
    public async Task A_new_run_appears_in_the_empty_list_and_filter_and_order_apply()
    {
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(client.Address);
        await Expect(page.GetByText("No runs yet")).ToBeVisibleAsync();

        ExampleRun.Write(folder["few"], done: 1);
        ExampleRun.Write(folder["most"], done: 3);
        await Expect(page.Locator("tbody th a")).ToHaveTextAsync(["few", "most"]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Epochs" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Epochs" }).ClickAsync();
        await Expect(page.Locator("tbody th a")).ToHaveTextAsync(["most", "few"]);
        await Expect(page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Epochs");
        await page.GetByLabel("Filter").FillAsync("fe");
        await Expect(page.Locator("tbody th a")).ToHaveTextAsync(["few"]);
        await page.Locator("#state").SelectOptionAsync("finished");
        await Expect(page.GetByText("No run matches")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_class_filter_chooses_by_name_and_size()
    {
        string[] classes = ["red bird", "blue bird", "red fish", "blue fish"];
        ExampleRun.Write(folder["run"], done: 2, classes, statistics: true);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));
        await page.GetByLabel("Accuracy per class: show as table").ClickAsync();
        ILocator names = page.GetByLabel("Accuracy per class: table").Locator("tbody th");
        await Expect(names).ToHaveTextAsync(classes);

        await page.Locator("#class-size").SelectOptionAsync("minor");
        await Expect(names).ToHaveTextAsync(["red fish", "blue fish"]);
        await page.Locator("#class-filter").FillAsync("RED");
        await Expect(names).ToHaveTextAsync(["red fish"]);
        await page.Locator("#class-size").SelectOptionAsync("all");
        await Expect(names).ToHaveTextAsync(["red bird", "red fish"]);

        ILocator confusions = page.GetByLabel("Most frequent confusions: table").Locator("tbody tr");
        await Expect(confusions).ToHaveTextAsync(["blue birdred bird770 %", "red birdblue bird110 %"]);
    }

    [Fact]
    public async Task Example_errors_show_picture_classes_and_confidence_and_a_run_without_says_how_to_get_them()
    {
        ExampleRun.Write(folder["with"], done: 1, statistics: true);
        Directory.CreateDirectory(folder["with/examples"]);
        await File.WriteAllBytesAsync(
            folder["with/examples/17.png"],
            ExampleRun.Picture,
            TestContext.Current.CancellationToken
        );
        ExampleRun.Write(folder["without"], done: 1);
        await using Client client = await Client.Watch(folder.Path);

        IPage page = await browser.Open(new Uri(client.Address, "/run?id=with"));
        ILocator figure = page.Locator(".examples figure");
        await Expect(figure).ToHaveTextAsync("is class 1taken for class 098.0 % sure");
        await figure.ScrollIntoViewIfNeededAsync();
        await Expect(figure.Locator("img")).ToHaveJSPropertyAsync("naturalWidth", 1);
        await Expect(page.GetByText("No statistics in this run")).ToBeHiddenAsync();

        IPage without = await browser.Open(new Uri(client.Address, "/run?id=without"));
        await Expect(without.GetByText("No statistics in this run")).ToBeVisibleAsync();
        await Expect(without.GetByText("counterpoise analyze without --recompute")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Two_runs_are_compared_in_the_same_charts()
    {
        ExampleRun.Write(folder["left"], done: 2);
        ExampleRun.Write(folder["right"], done: 3);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(client.Address);

        await page.GetByLabel("Compare left").CheckAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Compare: choose" })).ToBeDisabledAsync();
        await page.GetByLabel("Compare right").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare 2 runs" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Comparison of 2 runs");
        ILocator test = page.Locator("figure", new() { Has = page.GetByText("Test accuracy", new() { Exact = true }) });
        await Expect(test.Locator("path.line")).ToHaveCountAsync(2);
        await Expect(test.Locator(".legend li")).ToHaveTextAsync(["left", "right"]);
        await page.GetByLabel("Test accuracy: show as table", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Test accuracy: table", new() { Exact = true }).Locator("tbody tr"))
            .ToHaveTextAsync(["150.1 %50.1 %", "250.2 %50.2 %", "3–50.3 %"]);
        await Expect(
                page.Locator("figure", new() { Has = page.GetByText("Test accuracy per class") }).Locator("rect.bar.c1")
            )
            .ToHaveCountAsync(5); // Four classes and the legend's.
    }

    [Fact]
    public async Task An_unknown_run_and_an_unknown_page_say_so()
    {
        await using Client client = await Client.Watch(folder.Path);

        IPage run = await browser.Open(new Uri(client.Address, "/run?id=%3Cb%3Enone"));
        await Expect(run.Locator("main")).ToContainTextAsync("There is no run “<b>none”");
        IPage page = await browser.Open(new Uri(client.Address, "/nowhere"));
        await Expect(page.Locator("main")).ToContainTextAsync("There is no such page.");
    }

    [Fact]
    public async Task A_run_that_cannot_be_read_says_why_and_appears_once_it_can()
    {
        ExampleRun.Write(folder["run"], done: 1);
        string recipe = await File.ReadAllTextAsync(folder["run/recipe.toml"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["run/recipe.toml"], "model = ", TestContext.Current.CancellationToken);
        await using Client client = await Client.Watch(folder.Path);
        IPage list = await browser.Open(client.Address);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));

        await Expect(list.Locator("tbody tr")).ToContainTextAsync("unreadable");
        await Expect(list.Locator("tbody tr")).ToContainTextAsync("recipe.toml");
        await Expect(page.Locator("#connection")).ToContainTextAsync("recipe.toml");
        await File.WriteAllTextAsync(folder["run/recipe.toml"], recipe, TestContext.Current.CancellationToken);
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 1 of 10");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task A_malformed_line_is_reported_and_the_page_goes_on()
    {
        ExampleRun.Write(folder["run"], done: 1);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 1 of 10");

        await File.AppendAllTextAsync(
            folder["run/metrics.jsonl"],
            "not json\n" + ExampleRun.Line(2, 4).ToJsonString() + "\n",
            TestContext.Current.CancellationToken
        );

        await Expect(page.Locator(".notice")).ToContainTextAsync("line 2 is not a JSON object", WithinThreeSeconds);
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 2 of 10");
    }

    [Fact]
    public async Task A_run_that_is_deleted_while_open_says_so_and_stays()
    {
        ExampleRun.Write(folder["run"], done: 2);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 2 of 10");

        Directory.Delete(folder["run"], recursive: true);

        await Expect(page.Locator(".notice")).ToContainTextAsync("was deleted or moved", WithinThreeSeconds);
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 2 of 10");
        await Expect(page.Locator("h1 + span")).ToHaveTextAsync("deleted");

        ExampleRun.Write(folder["run"], done: 3);
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 3 of 10");
        await Expect(page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Markup_in_names_is_text()
    {
        const string name = "<img src=x onerror=\"document.title='taken over'\">";
        ExampleRun.Write(folder["<b>run"], done: 1, [name, "other"], statistics: true);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=%3Cb%3Erun"));

        await page.GetByLabel("Accuracy per class: show as table").ClickAsync();
        await Expect(page.GetByLabel("Accuracy per class: table").Locator("tbody th").First).ToHaveTextAsync(name);
        await Expect(page.Locator("h1")).ToHaveTextAsync("<b>run");

        await Expect(page.Locator("img[src=x]")).ToHaveCountAsync(0);
        await Expect(page.Locator("main b")).ToHaveCountAsync(0);
        await Expect(page).ToHaveTitleAsync("<b>run · Counterpoise");
    }

    [Fact]
    public async Task The_keyboard_reaches_every_control_and_reads_the_charts()
    {
        ExampleRun.Write(folder["run"], done: 3, statistics: true);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(new Uri(client.Address, "/run?id=run"));
        await Expect(page.Locator(".progress-text")).ToContainTextAsync("Epoch 3 of 10");
        const string controls =
            "[...document.querySelectorAll('a, button, input, select, summary, [tabindex=\"0\"]')]"
            + ".filter(e => !e.disabled && e.checkVisibility({ contentVisibilityAuto: true }))";
        int count = await page.EvaluateAsync<int>($"{controls}.length");
        Assert.InRange(count, 20, 200);

        await page.EvaluateAsync($"{controls}.forEach((e, i) => e.dataset.number = i)");
        var reached = new HashSet<string>(StringComparer.Ordinal);
        for (int press = 0; press < count + 2; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.dataset.number ?? ''"));
        }

        reached.Remove("");
        Assert.Equal(count, reached.Count);
        await page.GetByLabel("Loss: chart").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".tip").First).ToContainTextAsync("epoch 3loss 0.6667");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator(".tip").First).ToContainTextAsync("epoch 2loss 1");
    }

    [Theory]
    [InlineData("/", "3 / 10")]
    [InlineData("/run?id=run", "Epoch 3 of 10")]
    [InlineData("/compare?id=run&id=other", "50.3 %")]
    public async Task A_phone_shows_the_page_without_scrolling_sideways_and_nothing_is_an_error(
        string address,
        string expected
    )
    {
        string[] classes = [new string('w', 80), "b"];
        ExampleRun.Write(folder["run"], done: 3, classes, statistics: true);
        ExampleRun.Write(folder["other"], done: 2, classes);
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(client.Address, width: 360);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
            {
                errors.Add(message.Text); // The picture of the example error was not written.
            }
        };

        await page.GotoAsync(new Uri(client.Address, address).ToString());
        await Expect(page.Locator("main")).ToContainTextAsync(expected);

        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_chosen_theme_stays()
    {
        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(client.Address);
        const string background = "getComputedStyle(document.body).backgroundColor";
        string light = await page.EvaluateAsync<string>(background);

        await page.GetByRole(AriaRole.Button, new() { Name = "Theme: auto" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Theme: light" }).ClickAsync();
        await page.ReloadAsync();

        await Expect(page.Locator("#theme")).ToHaveTextAsync("Theme: dark");
        Assert.NotEqual(light, await page.EvaluateAsync<string>(background));
    }
}
