using System.CommandLine;
using Counterpoise.Cli.Output;
using Counterpoise.Data.Downloads;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>data download</c>: a data set's official archive, with resume and checksum.</summary>
internal static class DownloadVerb
{
    internal static Command Create()
    {
        var name = new Argument<string>("name")
        {
            Description = $"The data set: {string.Join(", ", Download.All.Select(download => download.Name))}",
        };
        var to = new Option<string>("--to")
        {
            Description = "The folder to put it in",
            HelpName = "folder",
            DefaultValueFactory = _ => "data",
        };
        var command = new Command("download", "Fetch the official archive of a data set.") { name, to };
        command.SetAction(parsed =>
            Stoppable.Run(stop => Run(parsed.GetRequiredValue(name), parsed.GetRequiredValue(to), stop), how: null)
        );
        return command;
    }

    private static int Run(string name, string folder, CancellationToken stop)
    {
        Download download = Download.Find(name) with { Messages = ReadingProgress.Lines };
        Console.Error.WriteLine($"fetching {download.Address}");
        try
        {
            string path = download.Fetch(folder, Console.IsErrorRedirected ? null : new BytesProgress(), stop);
            Console.WriteLine($"{path}: complete, its checksum is right");
            Console.WriteLine($"train on it with: counterpoise train --data {ShellWord.Quoted(path)}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped; the same command goes on where it was");
            return Failures.Interrupted;
        }
    }
}
