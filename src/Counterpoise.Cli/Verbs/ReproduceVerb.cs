using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Reproduction;
using Counterpoise.Runtime;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>reproduce</c>: trains what is missing of one of the paper's tables or figures, and shows its numbers beside ours.</summary>
internal static class ReproduceVerb
{
    internal static Command Create()
    {
        var options = new ReproduceOptions();
        var command = new Command(
            "reproduce",
            "Train a table or figure of the paper and show its numbers beside ours."
        );
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options));
        return command;
    }

    private static int Run(ParseResult parsed, ReproduceOptions options)
    {
        bool json = parsed.GetValue(options.Json);
        TextWriter said = Messages.Writer(json);
        PaperTable table = PaperTables.Find(parsed.GetRequiredValue(options.Table));
        TunedAccuracy[] tuned = [.. (parsed.GetValue(options.Tuned) ?? []).Select(TunedAccuracy.Of)];
        Allocator.KeepFreedMemory();
        using var runs = new ReproductionTrainings(parsed, options, table, said);
        int atATime = options.Execution.AtATime(parsed);
        if (!Begins(runs, atATime, parsed.GetValue(options.Yes), said))
        {
            return Failures.Interrupted;
        }

        bool finished = runs.Train(atATime, json);
        IReadOnlyList<ReproducedCell> cells = [.. runs.Cells.Select(cell => cell with { Tuned = Find(tuned, cell) })];
        string note = ReproductionSheet.Note(table, cells);
        Sheet<ReproducedCell> sheet = ReproductionSheet.Of(cells);
        if (parsed.GetValue(options.Several.Markdown) is { } markdown)
        {
            AtomicFile.WriteText(markdown, sheet.Markdown(note, aligned: false));
        }

        if (json)
        {
            JsonObserver.WriteEvent("reproduced", ReproductionSheet.Json(table, cells, note));
        }
        else
        {
            sheet.Print();
            Console.WriteLine(note);
        }

        if (!finished)
        {
            Console.Error.WriteLine("stopped; the same command goes on where it was");
            return Failures.Interrupted;
        }

        return table.Figures is { } figures
            ? Draw(figures, runs.Folders, parsed.GetRequiredValue(options.Output), json)
            : 0;
    }

    /// <summary>Tells the expected time, and asks on a terminal whether to begin.</summary>
    /// <exception cref="UsageException">There is nobody to ask.</exception>
    private static bool Begins(ReproductionTrainings runs, int atATime, bool yes, TextWriter said)
    {
        if (runs.Missing == 0)
        {
            return true;
        }

        said.WriteLine(
            $"{runs.Missing} of {runs.Count} trainings are missing; expected: {Durations.Describe(runs.Estimate() / atATime)}, "
                + "measured over a few steps on this machine"
                + (atATime > 1 ? $" as if {atATime} at a time were as fast as one" : "")
                + "; testing comes on top"
        );
        if (yes)
        {
            return true;
        }

        if (Console.IsInputRedirected)
        {
            throw new UsageException(
                "there is nobody to ask whether to begin; give --yes, or fewer --epochs or --only."
            );
        }

        Console.Error.Write("begin? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static TunedAccuracy? Find(TunedAccuracy[] tuned, ReproducedCell cell) =>
        tuned.FirstOrDefault(study => study.IsOf(cell));

    private static int Draw(IReadOnlyList<string> figures, IReadOnlyList<string> folders, string output, bool json)
    {
        string[] arguments =
        [
            .. folders,
            "--figures",
            string.Join(',', figures),
            "--output",
            Path.Combine(output, "figures"),
            .. json ? (string[])["--json"] : [],
        ];
        return AnalyzeVerb.Create().Parse(arguments).Invoke(new() { EnableDefaultExceptionHandler = false });
    }
}
