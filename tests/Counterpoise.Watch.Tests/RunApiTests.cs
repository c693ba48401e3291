using System.Net;
using System.Text.Json.Nodes;
using Counterpoise.Runs;
using Counterpoise.Tests;

namespace Counterpoise.Watch.Tests;

public sealed class RunApiTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_list_has_runs_of_every_depth_with_state_and_last_accuracies()
    {
        ExampleRun.Write(folder["stopped"], done: 2);
        ExampleRun.Write(folder["a/b/finished"], done: 3);
        await File.WriteAllTextAsync(folder["a/b/finished/result.json"], "{}", TestContext.Current.CancellationToken);
        using RunFolder running = ExampleRun.Create(folder["a/running"]);
        running.AppendMetrics(ExampleRun.Line(1, 4));
        JsonObject untested = ExampleRun.Line(2, 4);
        untested.Remove("accuracy");
        untested.Remove("balanced_accuracy");
        running.AppendMetrics(untested);
        ExampleRun.Write(folder["a/b/c/too-deep"], done: 1);
        await using Client client = await Client.Watch(folder.Path);

        JsonArray runs = (await client.Json("/api/runs"))["runs"]!.AsArray();

        Assert.Equal(
            [
                "a/b/finished finished mfw resnet8 example 3 3/10 50.3 40.3",
                "a/running running mfw resnet8 example 3 2/10 50.1 40.1",
                "stopped stopped mfw resnet8 example 3 2/10 50.2 40.2",
            ],
            runs.Select(run =>
                $"{run!["id"]} {run["state"]} {run["method"]} {run["model"]} {run["data"]} {run["seed"]} "
                + $"{run["epochs_done"]}/{run["epochs"]} {run["accuracy"]} {run["balanced_accuracy"]}"
            )
        );
    }

    [Fact]
    public async Task A_run_folder_alone_is_a_list_of_one_and_a_damaged_run_says_what_is_wrong()
    {
        ExampleRun.Write(folder["one"], done: 1);
        await using (Client client = await Client.Watch(folder["one"]))
        {
            Assert.Equal(
                "one",
                (await client.Json("/api/runs"))["runs"]!.AsArray().Single()!["id"]!.GetValue<string>()
            );
        }

        await File.WriteAllTextAsync(folder["one/run.json"], "{\"format\": 99}", TestContext.Current.CancellationToken);
        await using Client damaged = await Client.Watch(folder.Path);
        JsonNode run = (await damaged.Json("/api/runs"))["runs"]!.AsArray().Single()!;
        Assert.Equal("unreadable", run["state"]!.GetValue<string>());
        Assert.Contains("format 99", run["problem"]!.GetValue<string>());
    }

    [Fact]
    public async Task Metrics_come_once_without_a_torn_line_and_a_malformed_one_is_named()
    {
        string metrics = folder["run/metrics.jsonl"];
        ExampleRun.Write(folder["run"], done: 2, statistics: true);
        await using Client client = await Client.Watch(folder.Path);

        JsonObject first = await client.Json("/api/metrics?id=run");
        Append(metrics, "{\"epoch\": oops}\n[1]\n" + ExampleRun.Line(3, 4).ToJsonString() + "\n{\"epoch\":4,");
        JsonObject second = await client.Json($"/api/metrics?id=run&after={first["cursor"]}");
        Append(metrics, "\"loss\":0.25}\n");
        JsonObject third = await client.Json($"/api/metrics?id=run&after={second["cursor"]}");
        JsonObject fourth = await client.Json($"/api/metrics?id=run&after={third["cursor"]}");

        Assert.Equal([1, 2], Epochs(first));
        Assert.True(first["restarted"]!.GetValue<bool>());
        JsonObject statistics = first["lines"]![0]!["statistics"]!.AsObject();
        Assert.Equal(1.1235, statistics["classification_ratio"]![0]!.GetValue<double>());
        Assert.False(statistics.ContainsKey("confusion") || statistics.ContainsKey("errors"));
        Assert.Equal([3], Epochs(second));
        Assert.False(second["restarted"]!.GetValue<bool>());
        Assert.Equal([3, 4], second["malformed"]!.AsArray().Select(line => line!.GetValue<int>()));
        Assert.Equal([4], Epochs(third));
        Assert.Equal(4, third["run"]!["epochs_done"]!.GetValue<int>());
        Assert.Empty(fourth["lines"]!.AsArray());
    }

    [Fact]
    public async Task Metrics_that_were_cut_and_grew_again_come_from_the_start()
    {
        ExampleRun.Write(folder["run"], done: 3);
        await using Client client = await Client.Watch(folder.Path);
        JsonObject before = await client.Json("/api/metrics?id=run");
        string[] lines = [.. Enumerable.Range(5, 6).Select(epoch => ExampleRun.Line(epoch, 4).ToJsonString() + "\n")];
        await File.WriteAllTextAsync(
            folder["run/metrics.jsonl"],
            string.Concat(lines),
            TestContext.Current.CancellationToken
        );

        JsonObject after = await client.Json($"/api/metrics?id=run&after={before["cursor"]}");

        Assert.True(after["restarted"]!.GetValue<bool>());
        Assert.Equal([5, 6, 7, 8, 9, 10], Epochs(after));
    }

    [Fact]
    public async Task Statistics_are_those_of_the_newest_epoch_that_has_them_or_of_the_result()
    {
        ExampleRun.Write(folder["with"], done: 2, statistics: true);
        Append(folder["with/metrics.jsonl"], ExampleRun.Line(3, 4).ToJsonString() + "\n");
        ExampleRun.Write(folder["without"], done: 1);
        await using Client client = await Client.Watch(folder.Path);

        JsonObject with = await client.Json("/api/statistics?id=with");
        JsonObject without = await client.Json("/api/statistics?id=without");
        await File.WriteAllTextAsync(
            folder["without/result.json"],
            "{\"epochs\":10,\"statistics\":{\"train_accuracy\":91.5}}",
            TestContext.Current.CancellationToken
        );
        JsonObject later = await client.Json("/api/statistics?id=without");

        Assert.Equal(2, with["epoch"]!.GetValue<int>());
        Assert.Equal(7, with["statistics"]!["confusion"]![2]![2]!.GetValue<int>());
        Assert.Null(without["statistics"]);
        Assert.Equal(91.5, later["statistics"]!["train_accuracy"]!.GetValue<double>());
        Assert.Equal(10, later["epoch"]!.GetValue<int>());
    }

    [Fact]
    public async Task Pictures_come_from_the_examples_of_known_runs_alone()
    {
        ExampleRun.Write(folder["runs/run"], done: 1);
        Directory.CreateDirectory(folder["runs/run/examples"]);
        await File.WriteAllBytesAsync(
            folder["runs/run/examples/17.png"],
            ExampleRun.Picture,
            TestContext.Current.CancellationToken
        );
        ExampleRun.Write(folder["secret"], done: 1);
        File.CreateSymbolicLink(folder["runs/run/examples/18.png"], folder["secret/run.json"]);
        await using Client client = await Client.Watch(folder["runs"]);

        using HttpResponseMessage picture = await client.Get("/example?id=run&image=17");
        Assert.Equal("image/png", picture.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            ExampleRun.Picture,
            await picture.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)
        );
        foreach (
            string address in new[]
            {
                "/example?id=run&image=18",
                "/example?id=run&image=19",
                "/example?id=run&image=..%2Frun",
                "/example?id=..%2Fsecret&image=17",
                "/api/run?id=..%2Fsecret",
                "/api/metrics?id=" + Uri.EscapeDataString(folder["secret"]),
                "/api/statistics?id=none",
                "/api/none",
                "/run?id=none",
                "/..%2F..%2Fetc%2Fpasswd",
                "/run.json",
            }
        )
        {
            using HttpResponseMessage response = await client.Get(address);
            Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{address}: {response.StatusCode}");
        }
    }

    private static IEnumerable<int> Epochs(JsonObject part) =>
        part["lines"]!.AsArray().Select(line => line!["epoch"]!.GetValue<int>());

    private static void Append(string path, string text) => File.AppendAllText(path, text);
}
