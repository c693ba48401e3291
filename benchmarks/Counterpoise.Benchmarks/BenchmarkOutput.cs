using System.Text.Json.Nodes;
using Counterpoise.Benchmarks.Measuring;
using Spectre.Console;

namespace Counterpoise.Benchmarks;

/// <summary>Prints what was measured: a table to read, or one line of JSON.</summary>
internal static class BenchmarkOutput
{
    internal static int PrintList(IReadOnlyList<IBenchmark> benchmarks)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("benchmark", "compares");
        foreach (IBenchmark benchmark in benchmarks)
        {
            table.AddRow(benchmark.Name, Markup.Escape(benchmark.Summary));
        }

        AnsiConsole.Write(table);
        return 0;
    }

    internal static int Print(IBenchmark benchmark, BenchmarkOptions options, bool json)
    {
        IReadOnlyList<Figure> figures = benchmark.Run(options);
        if (json)
        {
            Console.WriteLine(ToJson(figures).ToJsonString());
            return 0;
        }

        Console.WriteLine($"{benchmark.Name}: {benchmark.Summary}");
        Console.WriteLine(Machine.Describe(options));
        AnsiConsole.Write(ToTable(figures));
        return 0;
    }

    internal static JsonObject ToJson(IEnumerable<Figure> figures) =>
        new(figures.Select(figure => KeyValuePair.Create(figure.Name, figure.ToJson())));

    private static Table ToTable(IEnumerable<Figure> figures)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("figure", "unit");
        foreach (string number in new[] { "median", "low .. high", "rounds" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        foreach (Figure figure in figures)
        {
            string[] numbers =
                figure.Samples.Count == 0
                    ? ["-", "-", "-"]
                    :
                    [
                        Number(figure.Median),
                        $"{Number(figure.Low)} .. {Number(figure.High)}",
                        $"{figure.Samples.Count}",
                    ];
            table.AddRow([figure.Name, Markup.Escape(figure.Unit), .. numbers]);
        }

        return table;
    }

    /// <summary>Four digits, without an exponent.</summary>
    private static string Number(double value) => Math.Abs(value) >= 1000 ? value.ToString("N0") : value.ToString("G4");
}
