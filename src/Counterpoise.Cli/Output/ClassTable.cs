namespace Counterpoise.Cli.Output;

/// <summary>Prints the classes with their sizes, as numbers and as bars, and the imbalance ratio.</summary>
internal static class ClassTable
{
    private const int BarWidth = 40;

    internal static void Print(IReadOnlyList<string> classes, IReadOnlyList<int> train, IReadOnlyList<int>? test)
    {
        int largest = Math.Max(1, train.DefaultIfEmpty().Max());
        Sheet<int> sheet = new Sheet<int>(Enumerable.Range(0, classes.Count))
            .Words("class", c => classes[c])
            .Numbers("training images", c => $"{train[c]}");
        if (test is not null)
        {
            sheet.Numbers("test images", c => $"{test[c]}");
        }

        sheet.Words("", c => new string('█', Math.Max(train[c] > 0 ? 1 : 0, train[c] * BarWidth / largest))).Print();
        int smallest = train.DefaultIfEmpty().Min();
        string rho = smallest > 0 ? $"{(double)train.Max() / smallest:0.##}" : "infinite: a class is empty";
        Console.WriteLine($"{classes.Count} classes, {train.Sum()} training images, imbalance ratio rho {rho}");
    }
}
