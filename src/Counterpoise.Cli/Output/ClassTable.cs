using Spectre.Console;

namespace Counterpoise.Cli.Output;

/// <summary>Prints the classes with their sizes, as numbers and as bars, and the imbalance ratio.</summary>
internal static class ClassTable
{
    private const int BarWidth = 40;

    internal static void Print(IReadOnlyList<string> classes, IReadOnlyList<int> train, IReadOnlyList<int>? test)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        table.AddColumn(new TableColumn("training images").RightAligned());
        if (test is not null)
        {
            table.AddColumn(new TableColumn("test images").RightAligned());
        }

        table.AddColumn("");
        int largest = Math.Max(1, train.DefaultIfEmpty().Max());
        for (int c = 0; c < classes.Count; c++)
        {
            string bar = new('█', Math.Max(train[c] > 0 ? 1 : 0, train[c] * BarWidth / largest));
            string[] cells = test is null
                ? [Markup.Escape(classes[c]), $"{train[c]}", bar]
                : [Markup.Escape(classes[c]), $"{train[c]}", $"{test[c]}", bar];
            table.AddRow(cells);
        }

        AnsiConsole.Write(table);
        int smallest = train.DefaultIfEmpty().Min();
        string rho = smallest > 0 ? $"{(double)train.Max() / smallest:0.##}" : "infinite: a class is empty";
        Console.WriteLine($"{classes.Count} classes, {train.Sum()} training images, imbalance ratio rho {rho}");
    }
}
