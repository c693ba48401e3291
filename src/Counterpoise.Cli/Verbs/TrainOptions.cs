using System.CommandLine;
using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using Counterpoise.Training;

namespace Counterpoise.Cli.Verbs;

/// <summary>The options of <c>train</c>, and the recipe and execution that they ask for.</summary>
internal sealed class TrainOptions
{
    internal Argument<string?> RecipeFile { get; } =
        new("recipe")
        {
            Description = "A recipe in TOML (see 'init'); options win over it",
            Arity = ArgumentArity.ZeroOrOne,
        };

    internal Option<string> Data { get; } =
        new("--data")
        {
            Description =
                "The images: 'synthetic', a CIFAR-10 or CIFAR-100 folder or .tar.gz (binary version), a folder with a folder of images per class or an archive of it, lists of image files, Parquet files or a packed file",
            Required = true,
            HelpName = "path",
        };

    internal Option<string?> Output { get; } =
        new("--output", "-o")
        {
            Description = "The run folder, exactly [default: runs/<data>-<method>-<model>-seed<seed>]",
            HelpName = "folder",
        };

    internal Option<string?> Method { get; } =
        new("--method")
        {
            Description =
                $"Methods joined by '+': {string.Join(", ", MethodCatalogue.All.Select(m => m.Name))} [default: {Recipe.Default.MethodNames}]",
            HelpName = "names",
        };

    internal Option<string?> Model { get; } =
        new("--model")
        {
            Description =
                $"The network: {string.Join(", ", NetworkCatalogue.All.Select(n => n.Name))} [default: {Recipe.Default.Model}]",
            HelpName = "name",
        };

    internal Option<string?> Pretrained { get; } =
        new("--pretrained")
        {
            Description =
                "A safetensors file of parameters to start from, such as torchvision's weights; a classifier of another size starts anew [default: random parameters]",
            HelpName = "file",
        };

    internal Option<int?> ImageSize { get; } =
        new("--image-size")
        {
            Description = "Height and width that images are resized to, in pixels [default: 32]",
            HelpName = "pixels",
        };

    internal Option<ulong?> Seed { get; } =
        new("--seed")
        {
            Description = "Seed of initial parameters, order, augmentation and mixing [default: 0]",
            HelpName = "number",
        };

    internal Option<string?> Precision { get; } =
        new("--precision")
        {
            Description = "auto, fp32 or bf16; auto is bf16 where the processor computes with it [default: auto]",
            HelpName = "name",
        };

    internal Option<int?> EvaluateEvery { get; } =
        new("--evaluate-every")
        {
            Description = "Test every so many epochs; 0 tests at the end alone [default: 10]",
            HelpName = "epochs",
        };

    internal Option<string> Statistics { get; } = StatisticsOption();

    internal Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "Change a recipe key, such as training.epochs=40 or mfw.alpha=0.5; may be repeated",
            HelpName = "key=value",
        };

    internal Option<string?> From { get; } =
        new("--from")
        {
            Description =
                "A finished run to start a second phase from, of the same settings without the method that has it [default: train the first phase]",
            HelpName = "run",
        };

    internal Option<string?> Tau { get; } =
        new("--tau")
        {
            Description = "tau-norm's power of the norms [default: chosen on held-out images]",
            HelpName = "number",
        };

    internal Option<int?> Threads { get; } =
        new("--threads") { Description = "Threads of the computation [default: one a processor]", HelpName = "number" };

    internal Option<string> Device { get; } =
        new("--device")
        {
            Description = "auto, cpu or cuda",
            HelpName = "name",
            DefaultValueFactory = _ => "auto",
        };

    internal Option<int?> KeepEvery { get; } = KeepEveryOption();

    internal Option<bool> SkipUnreadable { get; } = SkipUnreadableOption();

    internal Option<string> Images { get; } = ImagesOption();

    internal Option<string?> TestData { get; } = TestDataOption();

    internal Option<string?> ImageRoot { get; } = ImageRootOption();

    internal Option<bool> DryRun { get; } =
        new("--dry-run")
        {
            Description = "Print the resolved recipe, class counts, expected memory and time; train nothing",
        };

    internal Option<bool> TensorBoard { get; } = TensorBoardOption();

    internal Option<bool> Json { get; } = JsonOption();

    internal static Option<int?> KeepEveryOption()
    {
        var option = new Option<int?>("--keep-every")
        {
            Description = "Keep the checkpoint of every so many epochs, besides the last two [default: none]",
            HelpName = "epochs",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out int epochs) && epochs < 1)
            {
                result.AddError($"{option.Name} is {epochs}, expected 1 or more");
            }
        });
        return option;
    }

    internal static Option<string> StatisticsOption()
    {
        var option = new Option<string>("--statistics")
        {
            Description =
                "Take the statistics of all classes (classification ratio, feature gradients and deviation, confusions, mistakes) every=N epochs and at the end, or off",
            HelpName = "when",
            DefaultValueFactory = _ => $"every={RunSpecification.UsualStatisticsEvery}",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && StatisticsOf(token.Value) < 0)
            {
                result.AddError($"{option.Name} is {token.Value}, expected every=N with N from 1 on, or off");
            }
        });
        return option;
    }

    /// <returns>The interval in epochs; 0 for never, -1 for what cannot be read.</returns>
    internal static int StatisticsOf(string when)
    {
        const string every = "every=";
        return when == "off" ? 0
            : when.StartsWith(every, StringComparison.Ordinal)
            && int.TryParse(when.AsSpan(every.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int epochs)
            && epochs > 0
                ? epochs
            : -1;
    }

    internal static Option<bool> SkipUnreadableOption() =>
        new("--skip-unreadable")
        {
            Description = "Leave unreadable images out, and name them, instead of failing [default: fail]",
        };

    internal static Option<string> ImagesOption()
    {
        var option = new Option<string>("--images")
        {
            Description =
                "Where the pixels of image files are kept: memory, stream (decoded whenever they are read) or auto, which is memory where they take less than half of it; it changes no result",
            HelpName = "place",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong("auto", "memory", "stream");
        return option;
    }

    internal static ImageStore StoreOf(string place) =>
        place switch
        {
            "memory" => ImageStore.Memory,
            "stream" => ImageStore.Stream,
            _ => ImageStore.Auto,
        };

    internal static Option<string?> TestDataOption() =>
        new("--test-data")
        {
            Description = "The list to test on, where --data is a training list [default: the list beside it]",
            HelpName = "file",
        };

    internal static Option<string?> ImageRootOption() =>
        new("--image-root")
        {
            Description =
                "The folder that the paths of lists start from [default: where the list is, or a folder there]",
            HelpName = "folder",
        };

    internal static Option<bool> TensorBoardOption() =>
        new("--tensorboard")
        {
            Description = "Also write every epoch's numbers for TensorBoard, into tensorboard/ of the run folder",
        };

    /// <summary>Who watches a training beside console and log.</summary>
    internal static ITrainingObserver[] ObserversOf(bool tensorBoard, RunFolder folder, TrainingData data) =>
        tensorBoard ? [new TensorBoardObserver(folder, data.Train.Classes)] : [];

    internal static Option<bool> JsonOption() =>
        new("--json")
        {
            Description = "JSON on standard output, one object a line, and everything else on standard error",
        };

    internal void AddTo(Command command)
    {
        AddSharedTo(command);
        foreach (Option option in new Option[] { Output, Method, From, Tau, KeepEvery, TensorBoard, DryRun })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds what a training has in common with a comparison of several.</summary>
    internal void AddSharedTo(Command command)
    {
        command.Add(RecipeFile);
        foreach (
            Option option in new Option[]
            {
                Data,
                TestData,
                ImageRoot,
                Model,
                Pretrained,
                ImageSize,
                Seed,
                Precision,
                EvaluateEvery,
                Statistics,
                Set,
                Threads,
                Device,
                SkipUnreadable,
                Images,
                Json,
            }
        )
        {
            command.Add(option);
        }
    }

    /// <summary>What identifies a run of a recipe, by the options.</summary>
    internal RunSpecification Specify(ParseResult parsed, Recipe recipe) =>
        new(
            recipe,
            parsed.GetRequiredValue(Data),
            parsed.GetValue(SkipUnreadable),
            Execution.Resolve(parsed.GetValue(Threads), parsed.GetRequiredValue(Device), recipe.Training.Precision)
        )
        {
            KeepEvery = parsed.GetValue(KeepEvery),
            StatisticsEvery = StatisticsOf(parsed.GetRequiredValue(Statistics)),
            Store = StoreOf(parsed.GetRequiredValue(Images)),
            ImageRoot = parsed.GetValue(ImageRoot),
            TestData = parsed.GetValue(TestData),
        };

    /// <summary>The recipe file, or the default recipe, with the options applied and every automatic setting resolved.</summary>
    internal Recipe RecipeOf(ParseResult parsed) =>
        (parsed.GetValue(Set) ?? []).Aggregate(WithoutSet(parsed), RecipeText.Set).Resolve();

    /// <summary>The recipe file, or the default recipe, with all options but <c>--set</c> applied.</summary>
    internal Recipe WithoutSet(ParseResult parsed)
    {
        Recipe recipe = parsed.GetValue(RecipeFile) is { } file ? Read(file) : Recipe.Default;
        if (parsed.GetValue(Method) is { } methods)
        {
            recipe = recipe.WithMethods(methods);
        }

        (Option Option, string Key, object? Value)[] assignments =
        [
            (Model, "model", parsed.GetValue(Model)),
            (Pretrained, "pretrained", parsed.GetValue(Pretrained)),
            (Seed, "seed", parsed.GetValue(Seed)),
            (ImageSize, "data.image_size", parsed.GetValue(ImageSize)),
            (Precision, "training.precision", parsed.GetValue(Precision)),
            (EvaluateEvery, "training.evaluate_every", parsed.GetValue(EvaluateEvery)),
            (Tau, "tau-norm.tau", parsed.GetValue(Tau)),
        ];
        return assignments
            .Where(assigned => assigned.Value is not null)
            .Aggregate(
                recipe,
                (r, assigned) => RecipeText.Set(r, $"{assigned.Key}={assigned.Value}", assigned.Option.Name)
            );
    }

    private static Recipe Read(string file)
    {
        try
        {
            return RecipeText.Parse(File.ReadAllText(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"recipe {file} cannot be read: {error.Message}", error);
        }
    }
}
