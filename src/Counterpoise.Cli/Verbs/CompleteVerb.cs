using System.CommandLine;
using Counterpoise.Cli.Completion;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>complete</c>, which is not shown: what the scripts of <c>completion</c> ask.</summary>
internal static class CompleteVerb
{
    internal static Command Create()
    {
        var line = new Argument<string>("line")
        {
            Description = "The command line up to the cursor, from the name of the tool on",
        };
        var command = new Command("complete", "List what the last word of a command line can become, one a line.")
        {
            line,
        };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (string word in WordCompletions.Of(parsed.RootCommandResult.Command, parsed.GetRequiredValue(line)))
            {
                Console.Out.Write(word + "\n"); // Shells on Windows as well would take a CR for a part of the word.
            }
        });
        return command;
    }
}
