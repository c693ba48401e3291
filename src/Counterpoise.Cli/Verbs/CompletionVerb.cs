using System.CommandLine;
using Counterpoise.Cli.Completion;
using Counterpoise.Cli.Understanding;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>completion</c>: prints the script that makes a shell complete the tool's command lines.</summary>
internal static class CompletionVerb
{
    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", ShellScripts.Shells) };
        shell.TakesOneOf([.. ShellScripts.Shells]);
        var command = new Command("completion", "Print the script that makes a shell complete command lines.")
        {
            shell,
        };
        command.SetAction(parsed => Console.Out.Write(ShellScripts.Of(parsed.GetRequiredValue(shell))));
        return command;
    }
}
