using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Counterpoise.Serving.Http;

/// <summary>Answers <c>POST /predict</c>.</summary>
internal sealed class PredictEndpoint(
    OnnxClassifier classifier,
    ImageBatches batches,
    ServeOptions options,
    ServeMetrics metrics
) : IDisposable
{
    internal const int UsualTop = 5;

    private readonly PredictionRule rule = new(classifier.Description, options.Prior);
    private readonly SemaphoreSlim requests = new(options.MostRequests);

    /// <summary>Decoding is work for processors: more at once than there are would only take memory.</summary>
    private readonly SemaphoreSlim decoders = new(Environment.ProcessorCount);

    /// <param name="context">The request; its body is one image or a form of several.</param>
    internal async Task<IResult> Answer(HttpContext context)
    {
        int status = StatusCodes.Status200OK;
        using IDisposable counted = metrics.Answering();
        if (!await requests.WaitAsync(0))
        {
            status = StatusCodes.Status503ServiceUnavailable;
            metrics.Answered(status);
            context.Response.Headers.RetryAfter = "1";
            return Problem(
                status,
                $"{options.MostRequests} requests are being answered already; try again in a second"
            );
        }

        try
        {
            return TypedResults.Ok(await Predict(context));
        }
        catch (RequestFault fault)
        {
            status = fault.Status;
            return Problem(status, fault.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            status = StatusCodes.Status499ClientClosedRequest;
            return TypedResults.StatusCode(status);
        }
        catch (Exception failure)
        {
            status = StatusCodes.Status500InternalServerError;
            await Console.Error.WriteLineAsync($"error: {failure.Message.ReplaceLineEndings(" ")}");
            return Problem(status, "the classifier failed; the server's log says why");
        }
        finally
        {
            requests.Release();
            metrics.Answered(status);
        }
    }

    public void Dispose()
    {
        requests.Dispose();
        decoders.Dispose();
    }

    private async Task<PredictResponse> Predict(HttpContext context)
    {
        int top = Top(context.Request);
        List<RequestImage> images = await Read(context);
        images.ForEach(_ => batches.Announce());
        var results = new Task<PredictedImage>[images.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Predict(images[i], top);
        }

        // All of them, so that none is still at work when the first fault is told.
        await Task.WhenAll(results).ContinueWith(_ => { }, TaskScheduler.Default);
        return new PredictResponse([.. results.Select(result => result.GetAwaiter().GetResult())]);
    }

    /// <summary>Reads the images; a body that comes by drops would otherwise keep its place for hours.</summary>
    private async Task<List<RequestImage>> Read(HttpContext context)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(options.LongestRead);
        try
        {
            return await RequestImages.Read(context.Request, options, late.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestFault(
                StatusCodes.Status408RequestTimeout,
                $"the body did not come within {options.LongestRead.TotalSeconds:0.#} seconds"
            );
        }
    }

    /// <summary>How many classes a request wants.</summary>
    private int Top(HttpRequest request)
    {
        string? text = request.Query["top"];
        if (text is null)
        {
            return UsualTop;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int top) && top >= 1
            ? top
            : throw new RequestFault(
                StatusCodes.Status400BadRequest,
                $"top is no number from 1 to {classifier.Description.Classes.Count}"
            );
    }

    private async Task<PredictedImage> Predict(RequestImage image, int top)
    {
        byte[] pixels = ArrayPool<byte>.Shared.Rent(classifier.Description.Images.Bytes);
        bool comes = false;
        try
        {
            if (await Decode(image, pixels) is { } reason)
            {
                throw new RequestFault(StatusCodes.Status422UnprocessableEntity, $"{image.Name}: {reason}");
            }

            comes = true;
            float[] probabilities = await batches.Classify(pixels);
            ImagePrediction prediction = rule.Of(image.Name, probabilities, top);
            metrics.Predicted(prediction.Top[0].Class);
            return new PredictedImage(image.Name, prediction.Top) { Decision = prediction.Decision };
        }
        finally
        {
            if (!comes)
            {
                batches.Withdraw();
            }

            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private async Task<string?> Decode(RequestImage image, byte[] pixels)
    {
        try
        {
            await decoders.WaitAsync();
            try
            {
                Span<byte> planes = pixels.AsSpan(0, classifier.Description.Images.Bytes);
                return classifier.Description.Images.Read(image.Bytes, planes, options.MostPixels);
            }
            finally
            {
                decoders.Release();
            }
        }
        finally
        {
            image.GiveBack();
        }
    }

    private static JsonHttpResult<ProblemResponse> Problem(int status, string reason) =>
        TypedResults.Json(new ProblemResponse(reason), statusCode: status);
}
