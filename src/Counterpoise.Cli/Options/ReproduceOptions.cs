using System.CommandLine;
using Counterpoise.Cli.Understanding;
using Counterpoise.Reproduction;

namespace Counterpoise.Cli.Options;

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

    /// <summary>How those are opened.</summary>
    internal DataOptions Opening { get; } = new();

    internal Option<int?> Epochs { get; } =
        new("--epochs")
        {
            Description =
                "Epochs of each training: training.epochs [default: the recipes', 300 for MFW and 200 for others on CIFAR]",
            HelpName = "number",
        };

    internal SeveralOptions Several { get; } = new();

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

    internal RecordOptions Record { get; } = new();

    internal ExecutionOptions Execution { get; } = new();

    internal Option<string> Output { get; } =
        new("--output", "-o")
        {
            Description = "The folder of the run folders, <recipe>-<epochs>epochs-seed<seed>",
            HelpName = "folder",
            DefaultValueFactory = _ => Path.Combine("runs", "reproduce"),
        };

    internal Option<bool> Yes { get; } =
        new("--yes", "-y") { Description = "Begin without asking, however long it will take" };

    internal Option<bool> Json { get; } = JsonOption.Create();

    internal ReproduceOptions()
    {
        Data.Takes("images", Thing.Images);
        Tuned.Takes("the folder of a study", Thing.Study);
    }

    internal void AddTo(Command command)
    {
        command.Add(Table);
        command.Add([Data, .. Opening.OfListing, Epochs, .. Several.All, Only, Tuned, Set]);
        command.Add([Record.Statistics, .. Execution.All, Execution.Parallel, Output, Yes, Json]);
    }
}
