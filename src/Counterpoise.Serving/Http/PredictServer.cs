using System.Net;
using Counterpoise.Basics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Counterpoise.Serving.Http;

/// <summary>Serves a classifier over HTTP: <c>/predict</c>, <c>/model</c>, <c>/healthz</c>, <c>/metrics</c>, <c>/openapi/v1.json</c>.</summary>
public sealed class PredictServer : IAsyncDisposable
{
    private const string Health = "/healthz";
    private readonly WebApplication listening;
    private readonly ImageBatches classifying;
    private readonly PredictEndpoint answering;
    private int disposed;

    private PredictServer(WebApplication application, ImageBatches batches, PredictEndpoint predict)
    {
        listening = application;
        classifying = batches;
        answering = predict;
        Address = new Uri(application.Urls.Single());
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
            await application.StartAsync();
            return new PredictServer(application, batches, predict);
        }
        catch (Exception failure)
        {
            await application.DisposeAsync();
            await batches.DisposeAsync();
            predict.Dispose();
            if (failure is not (IOException or System.Net.Sockets.SocketException))
            {
                throw;
            }

            throw new CounterpoiseException(
                failure is IOException { InnerException: AddressInUseException }
                    ? $"port {options.Port} of {options.Host} is taken; choose another with --port, or --port 0 for any that is free."
                    : $"{options.Host}:{options.Port} cannot be listened on: {failure.Message.TrimEnd('.')}. Choose another --host or --port.",
                failure
            );
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
        // The empty one: no settings come from the environment or from files in the current folder.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.MostBytes;
                kestrel.Limits.MaxConcurrentConnections = 16L * options.MostRequests;
                kestrel.Listen(address, options.Port);
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenApi(openApi => openApi.AddDocumentTransformer(PredictOperation.Describe));
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Grace);
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
        ApiKey? key = options.ApiKey is null ? null : new ApiKey(options.ApiKey);
        application.Use(next =>
            async context =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                if (key is null || context.Request.Path == Health || key.IsIn(context.Request))
                {
                    await next(context);
                    return;
                }

                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await context.Response.WriteAsJsonAsync(
                    new ProblemResponse($"send the API key as 'Authorization: Bearer KEY' or '{ApiKey.Header}: KEY'")
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

    /// <summary>Leaves signals to the caller: the host's own lifetime would take Ctrl-C for itself.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
