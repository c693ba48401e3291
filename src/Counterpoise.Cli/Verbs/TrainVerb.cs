using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Counterpoise.Data;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>train</c>: a recipe and a data set in, a run folder out.</summary>
internal static class TrainVerb
{
    internal static Command Create()
    {
        var options = new TrainOptions();
        var command = new Command("train", "Train a classifier and test it; the run folder holds everything.");
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options));
        return command;
    }

    private static int Run(ParseResult parsed, TrainOptions options)
    {
        bool json = parsed.GetValue(options.Json);
        TextWriter said = json ? Console.Error : Console.Out;
        Recipe recipe = options.RecipeOf(parsed);
        Allocator.KeepFreedMemory();
        Execution execution = Execution.Resolve(
            parsed.GetValue(options.Threads),
            parsed.GetRequiredValue(options.Device),
            recipe.Training.Precision
        );
        string source = parsed.GetRequiredValue(options.Data);
        bool skip = parsed.GetValue(options.SkipUnreadable);
        using ImageData images = ImageDataSource.Open(source, OpenOptionsOf(recipe, skip));
        TrainingData data = TrainingData.Prepare(images, recipe.Data);
        foreach (string note in data.Notes.Concat(Trainer.Check(recipe, data)))
        {
            said.WriteLine(note);
        }

        string output =
            parsed.GetValue(options.Output)
            ?? Path.Combine("runs", $"{data.Name}-{recipe.MethodNames}-{recipe.Model}-seed{recipe.Seed}");
        string toml = RecipeText.Write(recipe);
        if (FinishedRun(output, toml, data) is { } finished)
        {
            using (finished)
            {
                said.WriteLine($"{output} holds this run already, finished; nothing is trained again.");
                TrainingRun.PrintResult(finished, json);
                return 0;
            }
        }

        using RunFolder folder = RunFolder.Create(output, toml, Describe(source, skip, data, execution));
        return TrainingRun.Go(recipe, data, folder, execution, parsed.GetValue(options.KeepEvery), json);
    }

    internal static OpenOptions OpenOptionsOf(Recipe recipe, bool skipUnreadable) =>
        new()
        {
            ImageSize = recipe.Data.ImageSize,
            Seed = recipe.Data.Seed,
            SkipUnreadable = skipUnreadable,
        };

    /// <summary>The run in a folder if it is finished and of the same recipe, data and format; null where there is no run.</summary>
    /// <exception cref="CounterpoiseException">There is another run, or one that is not finished.</exception>
    private static RunFolder? FinishedRun(string output, string toml, TrainingData data)
    {
        if (!File.Exists(Path.Combine(output, "run.json")))
        {
            return null;
        }

        RunFolder folder = RunFolder.Open(output, write: false);
        bool same = folder.Recipe == toml && folder.Description["fingerprint"]?.GetValue<string>() == data.Fingerprint;
        return (same, folder.Result) switch
        {
            (true, not null) => folder,
            (true, null) => throw new CounterpoiseException(
                $"{output} holds this run, not finished; go on with 'counterpoise resume {output}'."
            ),
            _ => throw new CounterpoiseException(
                $"{output} holds a run of another recipe or other data; choose another --output or remove it."
            ),
        };
    }

    private static JsonObject Describe(string source, bool skipUnreadable, TrainingData data, Execution execution) =>
        new()
        {
            ["command"] = string.Join(' ', Environment.GetCommandLineArgs().Skip(1)),
            ["started"] = DateTimeOffset.Now.ToString("O"),
            ["data"] = source == "synthetic" ? source : Path.GetFullPath(source),
            ["skip_unreadable"] = skipUnreadable,
            ["fingerprint"] = data.Fingerprint,
            ["threads"] = execution.Threads,
            ["device"] = execution.Device,
            ["precision"] = execution.Precision.ToString().ToLowerInvariant(),
            ["machine"] =
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors",
            ["version"] = typeof(Trainer)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion,
        };
}
