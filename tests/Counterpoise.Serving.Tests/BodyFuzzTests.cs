using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Counterpoise.Serving.Http;
using Counterpoise.Tests;
using CsCheck;

namespace Counterpoise.Serving.Tests;

/// <summary>No body ends the server, and none gets another answer than a prediction or a reason.</summary>
public sealed class BodyFuzzTests
{
    private static readonly string[] Types =
    [
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/bmp",
        "application/octet-stream",
        "multipart/form-data; boundary=abc",
        "multipart/form-data; boundary=\"a b\"",
        "multipart/form-data",
        "text/plain",
    ];

    private static readonly byte[][] Pictures =
    [
        .. new[]
        {
            SkiaSharp.SKEncodedImageFormat.Png,
            SkiaSharp.SKEncodedImageFormat.Jpeg,
            SkiaSharp.SKEncodedImageFormat.Webp,
        }.Select((format, i) => Example.Picture(i, format: format)),
    ];

    private static Gen<byte[]> Bodies =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.Select(
                Gen.Int[0, 2],
                Gen.Int[0, 4000],
                Gen.Byte,
                (picture, place, value) => Changed(Pictures[picture], place, value)
            ),
            Gen.Select(
                Gen.Int[0, 2],
                Gen.Int[0, 4000],
                (picture, length) => Pictures[picture][..Math.Min(length, Pictures[picture].Length)]
            ),
            Gen.Select(
                Gen.Int[0, 2],
                Gen.Int[0, 4000],
                Gen.Byte,
                (picture, place, value) => Changed(Form(Pictures[picture]), place, value)
            ),
            Gen.Select(
                Gen.Int[0, 2],
                Gen.Int[0, 4000],
                (picture, length) => Form(Pictures[picture])[..Math.Min(length, Form(Pictures[picture]).Length)]
            )
        );

    [Fact]
    public async Task Every_body_is_answered()
    {
        using OnnxClassifier classifier = Example.Classifier();
        await using PredictServer server = await PredictServer.Start(classifier, new ServeOptions { Port = 0 });
        using var client = new HttpClient { BaseAddress = server.Address };
        int predicted = 0;
        await Gen.Select(Bodies, Gen.Int[0, Types.Length - 1])
            .SampleAsync(
                async (body, type) =>
                {
                    using var content = new ByteArrayContent(body);
                    content.Headers.ContentType = MediaTypeHeaderValue.Parse(Types[type]);
                    using HttpResponseMessage response = await client.PostAsync("predict", content);
                    string text = await response.Content.ReadAsStringAsync();
                    bool isPrediction = response.StatusCode == HttpStatusCode.OK;
                    Interlocked.Add(ref predicted, isPrediction ? 1 : 0);
                    return isPrediction
                        ? text.Contains("predictions", StringComparison.Ordinal)
                        : (int)response.StatusCode is 400 or 413 or 415 or 422
                            && text.StartsWith("{\"error\":\"", StringComparison.Ordinal);
                },
                iter: Fuzzing.Cases
            );
        Assert.InRange(predicted, 1, Fuzzing.Cases - 1);
        Assert.Equal("ok\n", await client.GetStringAsync("healthz", TestContext.Current.CancellationToken));
    }

    private static byte[] Changed(byte[] whole, int place, byte value)
    {
        byte[] changed = [.. whole];
        changed[place % changed.Length] = value;
        return changed;
    }

    private static byte[] Form(byte[] picture) =>
        [
            .. Encoding.ASCII.GetBytes(
                "--abc\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n"
            ),
            .. picture,
            .. "\r\n--abc--\r\n"u8,
        ];
}
