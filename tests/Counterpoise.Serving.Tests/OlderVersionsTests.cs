using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Counterpoise.Results.Export;
using Counterpoise.Serving.Http;
using Counterpoise.Tests;

namespace Counterpoise.Serving.Tests;

/// <summary>Classifiers that older versions exported are served; <c>tests/older</c> has them.</summary>
public sealed class OlderVersionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Versions => [.. OlderFiles.Versions];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_exported_classifier_is_served_with_the_predictions_it_had(string version)
    {
        OlderFiles.Unpack(version, folder.Path);
        using var classifier = new OnnxClassifier(OnnxModel.Read(folder["classifier.onnx"]), threads: 1);
        await using PredictServer server = await PredictServer.Start(classifier, new ServeOptions { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        CancellationToken stop = TestContext.Current.CancellationToken;

        Assert.Equal(["blue", "green", "red"], classifier.Description.Classes);
        Assert.Equal([24, 12, 6], classifier.Description.ClassCounts);
        foreach (string line in File.ReadLines(folder["predictions.jsonl"]))
        {
            JsonNode wanted = JsonNode.Parse(line)!;
            using var image = new ByteArrayContent(File.ReadAllBytes(folder[(string)wanted["image"]!]));
            image.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            using HttpResponseMessage response = await client.PostAsync(
                new Uri("predict", UriKind.Relative),
                image,
                stop
            );
            JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))!;
            Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
            AssertSame(wanted["top"]!.AsArray(), answer["predictions"]![0]!["top"]!.AsArray());
        }
    }

    private static void AssertSame(JsonArray wanted, JsonArray found)
    {
        Assert.Equal(wanted.Select(one => (string)one!["class"]!), found.Select(one => (string)one!["class"]!));
        foreach ((JsonNode? before, JsonNode? now) in wanted.Zip(found))
        {
            Assert.Equal((double)before!["probability"]!, (double)now!["probability"]!, 1e-4);
        }
    }
}
