using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Serving;
using Counterpoise.Serving.Http;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>serve</c>: answers requests for predictions over HTTP.</summary>
/// <remarks>Nothing but the action touches the web server, so that no other verb loads it.</remarks>
internal static class ServeVerb
{
    private const string KeyVariable = "COUNTERPOISE_API_KEY";

    internal static Command Create()
    {
        Argument<string> model = PredictVerb.ModelArgument();
        Option<int?> port = Number("--port", "The port to listen on; 0 for any that is free", 5080);
        var host = new Option<string>("--host")
        {
            Description = "The IP address to listen on; one that other machines can reach needs an API key",
            HelpName = "address",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var keyFile = new Option<string?>("--api-key-file")
        {
            Description =
                $"A file with the secret of at least 16 characters that requests must bring [default: the variable {KeyVariable}, or none]",
            HelpName = "file",
        };
        Option<string?> prior = PredictVerb.PriorOption();
        Option<int?> body = Number("--max-body", "The most bytes of a request's body", 16 << 20);
        Option<int?> pixels = Number("--max-pixels", "The most pixels of an image, in its file", 50_000_000);
        Option<int?> images = Number("--max-images", "The most images of a request", 32);
        Option<int?> requests = Number("--max-requests", "The most requests at once; another one gets status 503", 64);
        Option<int?> batch = Number("--max-batch", "The most images that are classified together", 32);
        Option<int?> window = Number("--batch-window", "Milliseconds that a batch waits for images being decoded", 2);
        var threads = new Option<int?>("--threads")
        {
            Description = "Threads of the computation [default: all processors]",
            HelpName = "n",
        };
        Option<bool> trust = RecipeOptions.TrustOption();
        var command = new Command("serve", "Answer requests for predictions over HTTP.")
        {
            model,
            port,
            host,
            keyFile,
            prior,
            body,
            pixels,
            images,
            requests,
            batch,
            window,
            threads,
            trust,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(threads) is < 1)
            {
                throw new UsageException($"--threads is {parsed.GetValue(threads)}, expected 1 or more.");
            }

            using OnnxClassifier classifier = PredictVerb.Open(
                parsed.GetRequiredValue(model),
                parsed.GetValue(threads),
                parsed.GetValue(trust)
            );
            PredictVerb.TellDecision(classifier.Description);
            var options = new ServeOptions
            {
                Host = parsed.GetRequiredValue(host),
                Port = parsed.GetRequiredValue(port)!.Value,
                ApiKey = Key(parsed.GetValue(keyFile)),
                Prior = parsed.GetValue(prior) is { } expected
                    ? ClassPrior.Parse(expected, classifier.Description)
                    : null,
                MostBytes = parsed.GetRequiredValue(body)!.Value,
                MostPixels = parsed.GetRequiredValue(pixels)!.Value,
                MostImages = parsed.GetRequiredValue(images)!.Value,
                MostRequests = parsed.GetRequiredValue(requests)!.Value,
                MostInBatch = parsed.GetRequiredValue(batch)!.Value,
                BatchWindow = TimeSpan.FromMilliseconds(parsed.GetRequiredValue(window)!.Value),
            };
            return Stoppable.Run(
                stop => Run(classifier, options, stop).GetAwaiter().GetResult(),
                how: "answering what was begun"
            );
        });
        return command;
    }

    /// <summary>Serves until it is asked to stop; what was begun is answered first.</summary>
    private static async Task<int> Run(OnnxClassifier classifier, ServeOptions options, CancellationToken stop)
    {
        await using PredictServer server = await PredictServer.Start(classifier, options);
        Console.WriteLine($"serving {classifier.Description.Network} at {server.Address}predict");
        Console.WriteLine("Ctrl-C ends it");
        await Stoppable.Asked(stop);
        return 0;
    }

    private static string? Key(string? file)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(file, failure);
        }
    }

    private static Option<int?> Number(string name, string description, int otherwise) =>
        new(name)
        {
            Description = description,
            HelpName = "n",
            DefaultValueFactory = _ => otherwise,
        };
}
