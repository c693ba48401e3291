using System.CommandLine;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Verbs;

/// <summary>The options of <c>reproduce</c>.</summary>
internal sealed class ReproduceOptions
{
    internal Argument<string> Table { get; } =
        new("table") { Description = string.Join(", ", PaperTables.All.Select(table => table.Name)) };

    internal Option<string[]> Data { get; } =
        new("--data")
        {
            Description =
                "The images, as in 'train'; recognised by the number of classes; may be repeated: CIFAR-10 and CIFAR-100",
            Required = true,
            HelpName = "path",
        };

    internal Option<string?> TestData { get; } = TrainOptions.TestDataOption();

    internal Option<string?> ImageRoot { get; } = TrainOptions.ImageRootOption();

    internal Option<int?> Epochs { get; } =
        new("--epochs")
        {
            Description =
                "Epochs of each training: training.epochs [default: the recipes', 300 for MFW and 200 for others on CIFAR]",
            HelpName = "number",
        };

    internal Option<int> Seeds { get; } =
        new("--seeds")
        {
            Description = "How many training seeds, from 0 on",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
        };

    internal Option<string?> Only { get; } =
        new("--only")
        {
            Description = "These versions of the data alone, joined by commas, such as C10-step [default: all]",
            HelpName = "names",
        };

    internal Option<string[]> Tuned { get; } =
        new("--tuned")
        {
            Description =
                "A finished study of 'tune' whose choice is shown beside MFW's, in a column of its own; may be repeated",
            HelpName = "folder",
        };

    internal Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "Change a key of all recipes that have it, such as training.batch_size=64; may be repeated",
            HelpName = "key=value",
        };

    internal Option<string> Statistics { get; } = TrainOptions.StatisticsOption();

    internal Option<int?> Threads { get; } =
        new("--threads") { Description = "Threads of the computation [default: all processors]", HelpName = "number" };

    internal Option<string> Device { get; } =
        new("--device")
        {
            Description = "auto, cpu or cuda",
            HelpName = "name",
            DefaultValueFactory = _ => "auto",
        };

    internal Option<string> Output { get; } =
        new("--output", "-o")
        {
            Description = "The folder of the run folders, <recipe>-<epochs>epochs-seed<seed>",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("runs", "reproduce"),
        };

    internal Option<string?> Markdown { get; } =
        new("--markdown")
        {
            Description = "Write the table to this file as Markdown, too [default: none]",
            HelpName = "file",
        };

    internal Option<bool> Yes { get; } =
        new("--yes", "-y") { Description = "Begin without asking, however long it will take" };

    internal Option<bool> Json { get; } = TrainOptions.JsonOption();

    internal void AddTo(Command command)
    {
        command.Add(Table);
        foreach (
            Option option in new Option[]
            {
                Data,
                TestData,
                ImageRoot,
                Epochs,
                Seeds,
                Only,
                Tuned,
                Set,
                Statistics,
                Threads,
                Device,
                Output,
                Markdown,
                Yes,
                Json,
            }
        )
        {
            command.Add(option);
        }
    }
}
