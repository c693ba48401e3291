using Counterpoise.Basics;
using Counterpoise.Data;

namespace Counterpoise.Cli.Output;

/// <summary>Counts on a terminal how many image files are read, on one line of standard error.</summary>
internal sealed class ReadingProgress(string doing) : IProgress<(int Done, int Total)>
{
    private readonly StatusLine status = new(Console.Error);

    /// <summary>Progress for a person who watches; null where standard error goes to a file.</summary>
    internal static ReadingProgress? OnTerminal =>
        Console.IsErrorRedirected ? null : new ReadingProgress("reading images");

    /// <summary>The same for features.</summary>
    internal static ReadingProgress? OfFeatures =>
        Console.IsErrorRedirected ? null : new ReadingProgress("computing features of images");

    /// <summary>Options that tell on standard error what takes time: a count for a person who watches, and what is waited for.</summary>
    internal static OpenOptions Told(OpenOptions options) => options with { Progress = OnTerminal, Messages = Lines };

    /// <summary>Lines of standard error.</summary>
    internal static IProgress<string> Lines { get; } = new Telling(line => Console.Error.WriteLine(Printable.Of(line)));

    public void Report((int Done, int Total) value)
    {
        status.Show($"{doing} {value.Done}/{value.Total}");
        if (value.Done == value.Total)
        {
            status.End();
        }
    }
}
