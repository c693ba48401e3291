using System.Text;
using Counterpoise.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Counterpoise.Watch.Tests;

public sealed class ManyRunsTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const int Runs = 200;
    private const int Epochs = 300;
    private const int Classes = 100;

    /// <summary>Only so that a page that hangs ends the test; it says nothing about speed.</summary>
    private const int Longest = 60_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_hundred_runs_of_three_hundred_epochs_and_a_hundred_classes_work()
    {
        var metrics = new StringBuilder();
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            metrics.Append(ExampleRun.Line(epoch, Classes, statistics: epoch % 50 == 0).ToJsonString()).Append('\n');
        }

        byte[] lines = Encoding.UTF8.GetBytes(metrics.ToString());
        for (int run = 0; run < Runs; run++)
        {
            string path = folder[$"run{run:D3}"];
            ExampleRun.Write(path, done: 0, ExampleRun.Names(Classes), epochs: Epochs);
            await File.WriteAllBytesAsync(
                Path.Combine(path, "metrics.jsonl"),
                lines,
                TestContext.Current.CancellationToken
            );
        }

        await using Client client = await Client.Watch(folder.Path);
        IPage page = await browser.Open(client.Address);
        page.SetDefaultTimeout(Longest);
        SetDefaultExpectTimeout(Longest);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(Runs);
        await Expect(page.Locator("tbody tr").Last).ToContainTextAsync("80.0 %");
        await page.GetByLabel("Filter").FillAsync("run19");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(10);

        await page.GetByRole(AriaRole.Link, new() { Name = "run199" }).ClickAsync();
        ILocator bars = page.Locator("figure", new() { Has = page.GetByText("Accuracy per class") });
        await Expect(bars.Locator("rect.count")).ToHaveCountAsync(Classes);
        await page.Locator("#class-filter").FillAsync("class 9");
        await Expect(bars.Locator("rect.count")).ToHaveCountAsync(11);
        await page.GotoAsync(new Uri(client.Address, "/compare?id=run000&id=run001&id=run002").ToString());
        await Expect(page.Locator("path.line")).ToHaveCountAsync(15);
    }
}
