using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Serving.Http;
using SkiaSharp;

namespace Counterpoise.Serving.Tests;

public sealed class PredictServerTests : IAsyncLifetime
{
    private const string Key = "a secret of many characters";
    private readonly OnnxClassifier classifier = Example.Classifier();
    private HttpClient client = null!;
    private PredictServer server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Start(new ServeOptions { Port = 0 });

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        classifier.Dispose();
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    public async Task An_image_as_the_body_is_classified_as_its_file_would_be(string type)
    {
        JsonNode answer = await Json(await Post(Example.Picture(3), type), HttpStatusCode.OK);
        JsonNode only = Assert.Single(answer["predictions"]!.AsArray())!;
        Assert.Equal("body", (string)only["image"]!);
        AssertIsOf(3, only);
    }

    [Fact]
    public async Task Several_images_are_answered_in_their_order_with_their_names()
    {
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 5; i++)
        {
            form.Add(new ByteArrayContent(Example.Picture(i)), "file", $"picture {i}.png");
        }

        using HttpResponseMessage response = await client.PostAsync("predict?top=1", form, Stop);
        JsonArray predictions = (await Json(response, HttpStatusCode.OK))["predictions"]!.AsArray();
        Assert.Equal(5, predictions.Count);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal($"picture {i}.png", (string)predictions[i]!["image"]!);
            Assert.Single(predictions[i]!["top"]!.AsArray());
            AssertIsOf(i, predictions[i]!, 1);
        }
    }

    [Fact]
    public async Task Many_at_once_get_each_their_own_answer()
    {
        await Start(new ServeOptions { Port = 0, MostRequests = 1000 });
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 300),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop },
            async (i, _) =>
            {
                using HttpResponseMessage response = await Post(Example.Picture(i % 7), "image/png");
                AssertIsOf(i % 7, (await Json(response, HttpStatusCode.OK))["predictions"]![0]!);
            }
        );
        string metrics = await client.GetStringAsync("metrics", Stop);
        Assert.Contains("counterpoise_requests_total{code=\"200\"} 300", metrics, StringComparison.Ordinal);
        Assert.Contains("counterpoise_requests_in_progress 0", metrics, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, int, string> Bad =>
        new()
        {
            { "no image", "image/jpeg", 422, "body: it is text, not an image: remove it, or download the image again" },
            { "", "image/jpeg", 422, "body: the file is empty" },
            { "{}", "application/json", 415, "Content-Type is application/json; send image/jpeg" },
            { "x", null, 415, "the request has no Content-Type" },
            { "x", "multipart/form-data", 400, "has no boundary" },
            { "x", "multipart/form-data; boundary=abc", 400, "the body ended too early" },
            { "--abc--\r\n", "multipart/form-data; boundary=abc", 400, "the form has no file" },
            {
                "--abc\r\nno colon\r\n\r\nx\r\n--abc--\r\n",
                "multipart/form-data; boundary=abc",
                400,
                "the form is damaged"
            },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_input_is_answered_with_the_reason(string body, string? type, int status, string reason)
    {
        using HttpResponseMessage response = await Post(System.Text.Encoding.UTF8.GetBytes(body), type);
        JsonNode answer = await Json(response, (HttpStatusCode)status);
        Assert.Contains(reason, (string)answer["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public async Task A_top_that_makes_no_sense_is_refused(string top)
    {
        using HttpResponseMessage response = await Post(Example.Picture(0), "image/png", $"predict?top={top}");
        JsonNode answer = await Json(response, HttpStatusCode.BadRequest);
        Assert.Equal("top is no number from 1 to 3", (string)answer["error"]!);
    }

    [Fact]
    public async Task One_bad_image_of_several_is_named()
    {
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(Example.Picture(0)), "file", "good.png");
        form.Add(new ByteArrayContent([1, 2, 3]), "file", "bad.png");
        using HttpResponseMessage response = await client.PostAsync("predict", form, Stop);
        JsonNode answer = await Json(response, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("bad.png: it is no JPEG, PNG, WebP, BMP, GIF or TIFF image", (string)answer["error"]!);
    }

    [Fact]
    public async Task Too_much_is_refused()
    {
        await Start(
            new ServeOptions
            {
                Port = 0,
                MostBytes = 4000,
                MostPixels = 2500,
                MostImages = 2,
            }
        );
        using HttpResponseMessage large = await Post(new byte[5000], "image/png");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);

        using HttpResponseMessage wide = await Post(
            Example.Picture(0, 60, 60, SKEncodedImageFormat.Jpeg),
            "image/jpeg"
        );
        JsonNode answer = await Json(wide, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("body: the image is 60x60, more than 0.0025 megapixels", (string)answer["error"]!);

        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 3; i++)
        {
            form.Add(new ByteArrayContent(Example.Picture(0)), "file", $"{i}.png");
        }

        using HttpResponseMessage many = await client.PostAsync("predict", form, Stop);
        answer = await Json(many, HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("the form has more than 2 files; send them in several requests", (string)answer["error"]!);
    }

    [Fact]
    public async Task A_length_that_is_only_claimed_takes_no_memory()
    {
        long before = GC.GetTotalMemory(forceFullCollection: false);
        using TcpClient socket = await SendPart(16 << 20);
        await Task.Delay(200, Stop);
        Assert.True(GC.GetTotalMemory(forceFullCollection: false) - before < 8 << 20);
    }

    [Fact]
    public async Task When_it_is_full_others_are_told_to_come_back()
    {
        await Start(new ServeOptions { Port = 0, MostRequests = 1 });
        using var held = new HeldContent(Example.Picture(2));
        Task<HttpResponseMessage> first = client.PostAsync("predict", held, Stop);
        await held.Begun;
        HttpResponseMessage second;
        do
        {
            second = await Post(Example.Picture(0), "image/png");
        } while (second.StatusCode == HttpStatusCode.OK);

        JsonNode answer = await Json(second, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("1 requests are being answered already; try again in a second", (string)answer["error"]!);
        Assert.Equal("1", second.Headers.RetryAfter!.ToString());
        held.Finish();
        AssertIsOf(2, (await Json(await first, HttpStatusCode.OK))["predictions"]![0]!);
        second.Dispose();
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        await Start(new ServeOptions { Port = 0, LongestRead = TimeSpan.FromMilliseconds(200) });
        using TcpClient socket = await SendPart(1000);
        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(Stop));
        string answer = await reader.ReadToEndAsync(Stop);
        Assert.Contains("the body did not come within 0.2 seconds", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_begun_is_answered_when_it_stops()
    {
        using var held = new HeldContent(Example.Picture(4));
        Task<HttpResponseMessage> begun = client.PostAsync("predict", held, Stop);
        await held.Begun;
        await Task.Delay(100, Stop);
        Task stopping = server.DisposeAsync().AsTask();
        await Task.Delay(100, Stop);
        held.Finish();
        AssertIsOf(4, (await Json(await begun, HttpStatusCode.OK))["predictions"]![0]!);
        await stopping;
        await Start(new ServeOptions { Port = 0 });
    }

    [Fact]
    public async Task A_key_is_asked_of_all_but_health()
    {
        await Start(new ServeOptions { Port = 0, ApiKey = Key });
        Assert.Equal("ok\n", await client.GetStringAsync("healthz", Stop));
        foreach (
            string path in new[] { "metrics", "model", "openapi/v1.json", "nowhere", $"model?key={Key}&api_key={Key}" }
        )
        {
            using HttpResponseMessage refused = await client.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using HttpResponseMessage without = await Post(Example.Picture(0), "image/png");
        JsonNode answer = await Json(without, HttpStatusCode.Unauthorized);
        Assert.Contains("send the API key as", (string)answer["error"]!, StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        using HttpResponseMessage wrong = await Post(Example.Picture(0), "image/png");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using HttpResponseMessage right = await Post(Example.Picture(0), "image/png");
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        client.DefaultRequestHeaders.Authorization = null;
        client.DefaultRequestHeaders.Add("X-API-Key", Key);
        using HttpResponseMessage other = await Post(Example.Picture(0), "image/png");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task It_describes_itself()
    {
        JsonNode model = (await client.GetFromJsonAsync<JsonNode>("model", Stop))!;
        Assert.Equal(
            ("resnet8", "mfw", 16),
            ((string)model["network"]!, (string)model["methods"]!, (int)model["imageSize"]!)
        );
        Assert.Equal(Example.Classes, model["classes"]!.AsArray().Select(name => (string)name!));
        JsonNode document = (await client.GetFromJsonAsync<JsonNode>("openapi/v1.json", Stop))!;
        JsonNode operation = document["paths"]!["/predict"]!["post"]!;
        Assert.Equal(
            ["200", "400", "401", "408", "413", "415", "422", "503"],
            operation["responses"]!.AsObject().Select(pair => pair.Key).Order()
        );
        Assert.Equal("binary", (string)operation["requestBody"]!["content"]!["image/jpeg"]!["schema"]!["format"]!);
        Assert.Equal("top", (string)operation["parameters"]![0]!["name"]!);
    }

    [Fact]
    public async Task A_prior_is_applied()
    {
        await Start(new ServeOptions { Port = 0, Prior = ClassPrior.Balanced(Example.Description) });
        float[] row = Probabilities(3);
        ClassPrior.Balanced(Example.Description).Apply(row);
        JsonNode answer = await Json(await Post(Example.Picture(3), "image/png"), HttpStatusCode.OK);
        Assert.Equal(row.Max(), (double)answer["predictions"]![0]!["top"]![0]!["probability"]!, 1e-4);
    }

    [Theory]
    [InlineData("0.0.0.0", null, "host is 0.0.0.0, which other machines can reach; give an API key as well")]
    [InlineData("nowhere", null, "host is 'nowhere', expected localhost or an IP address")]
    [InlineData("127.0.0.1", "short", "the API key has 5 characters, expected at least 16")]
    public async Task What_would_be_unsafe_is_refused(string host, string? key, string fault)
    {
        var options = new ServeOptions
        {
            Port = 0,
            Host = host,
            ApiKey = key,
        };
        UsageException refused = await Assert.ThrowsAsync<UsageException>(() =>
            PredictServer.Start(classifier, options)
        );
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batches_that_no_array_could_hold_are_refused_before_it_listens()
    {
        using OnnxClassifier large = Example.Classifier(size: 1024);
        UsageException refused = await Assert.ThrowsAsync<UsageException>(() =>
            PredictServer.Start(large, new ServeOptions { Port = 0, MostInBatch = 1024 })
        );
        Assert.Contains("mostInBatch is 1024, expected at most 682", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        CounterpoiseException refused = await Assert.ThrowsAsync<CounterpoiseException>(() =>
            PredictServer.Start(classifier, new ServeOptions { Port = server.Address.Port })
        );
        Assert.Contains($"port {server.Address.Port} of 127.0.0.1 is taken", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Sends the first three bytes of a body that is said to have many.</summary>
    private async Task<TcpClient> SendPart(int length)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        string head =
            $"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {length}\r\n\r\nabc";
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head), Stop);
        return socket;
    }

    private async Task Start(ServeOptions options)
    {
        if (server is not null)
        {
            client.Dispose();
            await server.DisposeAsync();
        }

        server = await PredictServer.Start(classifier, options);
        client = new HttpClient { BaseAddress = server.Address };
    }

    private Task<HttpResponseMessage> Post(byte[] body, string? type, string path = "predict")
    {
        var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        return client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
    }

    private static async Task<JsonNode> Json(HttpResponseMessage response, HttpStatusCode status)
    {
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    private void AssertIsOf(int picture, JsonNode prediction, int top = 3)
    {
        RankedClass[] wanted = RankedClass.Of(Example.Classes, Probabilities(picture), top);
        JsonArray found = prediction["top"]!.AsArray();
        Assert.Equal(wanted.Select(one => one.Class), found.Select(one => (string)one!["class"]!));
        for (int place = 0; place < wanted.Length; place++)
        {
            Assert.Equal(wanted[place].Probability, (double)found[place]!["probability"]!, 1e-4);
        }
    }

    private float[] Probabilities(int picture)
    {
        byte[] pixels = new byte[Example.Description.Images.Bytes];
        Assert.Null(Example.Description.Images.Read(Example.Picture(picture), pixels));
        float[] row = new float[Example.Classes.Length];
        classifier.Classify(pixels, 1, row);
        return row;
    }

    /// <summary>A body whose second half comes when it is asked for.</summary>
    private sealed class HeldContent : HttpContent
    {
        private readonly byte[] body;
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal HeldContent(byte[] body)
        {
            this.body = body;
            Headers.ContentType = new MediaTypeHeaderValue("image/png");
        }

        internal Task Begun => begun.Task;

        internal void Finish() => finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
            await stream.FlushAsync();
            begun.TrySetResult();
            await finish.Task;
            await stream.WriteAsync(body.AsMemory(body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
