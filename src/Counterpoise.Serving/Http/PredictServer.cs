using System.Net;
using Counterpoise.Basics;
using Counterpoise.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Counterpoise.Serving.Http;

/// <summary>Serves a classifier over HTTP: <c>/predict</c>, <c>/model</c>, <c>/healthz</c>, <c>/metrics</c>, <c>/openapi/v1.json</c>.</summary>
public sealed class PredictServer : IAsyncDisposable
{
    private const string Health = "/healthz";
    private const string KeyHeader = "X-API-Key";
    private readonly WebApplication listening;
    private readonly ImageBatches classifying;
    private readonly PredictEndpoint answering;
    private int disposed;

    private PredictServer(WebApplication application, Uri address, ImageBatches batches, PredictEndpoint predict)
    {
        listening = application;
        classifying = batches;
        answering = predict;
        Address = address;
    }

    /// <summary>Where the server listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="classifier">What is served; the caller disposes of it after the server.</param>
    /// <param name="options">Where, and how much at once.</param>
    /// <exception cref="UsageException">An option is out of its range, or would let other machines ask without a key.</exception>
    /// <exception cref="CounterpoiseException">The address is not this machine's, or its port is taken.</exception>
    public static async Task<PredictServer> Start(OnnxClassifier classifier, ServeOptions options)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(options);
        IPAddress address = options.Check();
        var metrics = new ServeMetrics(classifier.Description.Classes);
        var batches = new ImageBatches(classifier, options, metrics);
        var predict = new PredictEndpoint(classifier, batches, options, metrics);
        WebApplication application = Build(address, options);
        Map(application, classifier, options, metrics, predict);
        try
        {
            Uri bound = await Listening.Start(application, options.Host, options.Port);
            return new PredictServer(application, bound, batches, predict);
        }
        catch
        {
            await batches.DisposeAsync();
            predict.Dispose();
            throw;
        }
    }

    /// <summary>Listens no more, answers what was begun, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await listening.StopAsync();
        await listening.DisposeAsync();
        await classifying.DisposeAsync();
        answering.Dispose();
    }

    private static WebApplication Build(IPAddress address, ServeOptions options)
    {
        WebApplicationBuilder builder = Listening.On(address, options.Port, options.Grace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = options.MostBytes;
            kestrel.Limits.MaxConcurrentConnections = 16L * options.MostRequests;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenApi(openApi => openApi.AddDocumentTransformer(PredictOperation.Describe));
        return builder.Build();
    }

    private static void Map(
        WebApplication application,
        OnnxClassifier classifier,
        ServeOptions options,
        ServeMetrics metrics,
        PredictEndpoint predict
    )
    {
        application.Use(next =>
            async context =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                if (options.ApiKey is not { } key || context.Request.Path == Health || Brings(context.Request, key))
                {
                    await next(context);
                    return;
                }

                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await context.Response.WriteAsJsonAsync(
                    new ProblemResponse($"send the API key as 'Authorization: Bearer KEY' or '{KeyHeader}: KEY'")
                );
            }
        );
        application.UseRouting();
        application
            .MapPost("/predict", (Func<HttpContext, Task<IResult>>)predict.Answer)
            .WithName("predict")
            .Produces<PredictResponse>()
            .Produces<ProblemResponse>(StatusCodes.Status400BadRequest)
            .Produces<ProblemResponse>(StatusCodes.Status401Unauthorized)
            .Produces<ProblemResponse>(StatusCodes.Status408RequestTimeout)
            .Produces<ProblemResponse>(StatusCodes.Status413PayloadTooLarge)
            .Produces<ProblemResponse>(StatusCodes.Status415UnsupportedMediaType)
            .Produces<ProblemResponse>(StatusCodes.Status422UnprocessableEntity)
            .Produces<ProblemResponse>(StatusCodes.Status503ServiceUnavailable)
            .AddOpenApiOperationTransformer(PredictOperation.Describe);
        var model = new ModelResponse(
            classifier.Description.Network,
            classifier.Description.Methods,
            classifier.Description.Classes,
            classifier.Description.Images.Size
        );
        application.MapGet("/model", () => model).WithName("model").WithSummary("What is served.");
        application
            .MapGet(Health, () => TypedResults.Text("ok\n"))
            .WithName("health")
            .WithSummary("Answers while the server does; needs no key.");
        application
            .MapGet(
                "/metrics",
                async context =>
                {
                    context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                    await metrics.Write(context.Response.Body, context.RequestAborted);
                }
            )
            .WithName("metrics")
            .WithSummary("Counters for Prometheus.");
        application.MapOpenApi();
    }

    /// <summary>Whether a request brings the key in a header; in an address, logs would keep it.</summary>
    private static bool Brings(HttpRequest request, string key) =>
        Secret.Is(Secret.BearerOf(request) ?? request.Headers[KeyHeader].ToString(), key);
}
