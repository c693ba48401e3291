using System.Diagnostics;
using Counterpoise.Cli.Completion;
using Counterpoise.Tests;

namespace Counterpoise.Cli.Tests;

public sealed class CompletionTests(Example example) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("counterpoise t", "train", "tune")]
    [InlineData("/any/path/to/tool t", "train", "tune")]
    [InlineData("counterpoise data ", "download", "inspect", "pack")]
    [InlineData("counterpoise data download c", "cifar10", "cifar100")]
    [InlineData("counterpoise train --im", "--image-root", "--image-size", "--images")]
    [InlineData("counterpoise train --method mfw+d", "mfw+de-confound", "mfw+de-confound-tde", "mfw+drw")]
    [InlineData(
        "counterpoise train --method mfw+drw+l",
        "mfw+drw+lda",
        "mfw+drw+ldam",
        "mfw+drw+logit-adjustment",
        "mfw+drw+lws"
    )]
    [InlineData("counterpoise train --method mfw+mi")]
    [InlineData("counterpoise compare --methods erm,mfw+dr", "erm,mfw+drw")]
    [InlineData("counterpoise compare --methods al", "all")]
    [InlineData("counterpoise train --model resnet1", "resnet10", "resnet110", "resnet12", "resnet18")]
    [InlineData("counterpoise train --set mfw.a", "mfw.alpha=")]
    [InlineData("counterpoise train --method ldam+drw --set l", "ldam.max_margin=", "ldam.scale=")]
    [InlineData("counterpoise train --method erm --set mfw.")]
    [InlineData("counterpoise train --set mfw.weight=p", "mfw.weight=power")]
    [InlineData("counterpoise train --set data.flip=", "data.flip=false", "data.flip=true")]
    [InlineData("counterpoise tune --over method", "method=")]
    [InlineData("counterpoise reproduce table", "table6", "table7", "table8", "table9")]
    [InlineData("counterpoise reproduce table6 --only C10-LT,C100-s", "C10-LT,C100-step")]
    [InlineData("counterpoise analyze x --figures accuracy,cal", "accuracy,calibration")]
    [InlineData("counterpoise analyze x --embedding ", "none", "pca", "tsne")]
    [InlineData("counterpoise train --images ", "auto", "memory", "stream")]
    [InlineData("counterpoise completion ", "bash", "fish", "pwsh", "zsh")]
    [InlineData("counterpoise train --output ")]
    [InlineData("counterpoise train --seed ")]
    [InlineData("counterpoise evaluate x --checkpoint ")]
    [InlineData("counterpoise nothing x")]
    [InlineData("counterpoise evaluate 'a b' --ch")]
    [InlineData("counterpoise evaluate a\\ b --ch")]
    [InlineData("counterpoise")]
    public void A_word_can_become(string line, params string[] words) =>
        Assert.Equal(words, WordCompletions.Of(ToolCommand.Create(), line));

    [Fact]
    public void The_first_word_can_become_every_verb_but_the_hidden_one() =>
        Assert.Equal(
            ToolCommand.Create().Subcommands.Where(verb => verb.Name != "complete").Select(verb => verb.Name).Order(),
            WordCompletions.Of(ToolCommand.Create(), "counterpoise ")
        );

    [Fact]
    public void Files_are_those_that_the_word_leads_to()
    {
        Directory.CreateDirectory(folder["recipes/more"]);
        File.WriteAllText(folder["recipes/mine.toml"], "method = \"ldam\"\n");
        File.WriteAllText(folder["recipes/notes.txt"], "");
        Directory.CreateDirectory(folder["runs/a/b"]);
        File.Copy(Path.Combine(example.Run, "run.json"), folder["runs/a/b/run.json"]);

        Assert.Equal(["recipes/", "runs/"], Ask("counterpoise train "));
        Assert.Equal(["recipes/mine.toml", "recipes/more/"], Ask("counterpoise train recipes/m"));
        Assert.Equal(
            ["recipes/mine.toml", "recipes/more/", "recipes/notes.txt"],
            Ask("counterpoise train --data recipes/")
        );
        Assert.Equal(["synthetic"], Ask("counterpoise data inspect s"));
        Assert.Equal(["ldam.max_margin=", "ldam.scale="], Ask("counterpoise train recipes/mine.toml --set l"));
        Assert.Equal(["runs/a/b"], Ask("counterpoise evaluate r"));
        Assert.Equal(["runs/a/b"], Ask("counterpoise train --from "));
        Assert.Equal(["runs/a/"], Ask("counterpoise watch runs/"));
    }

    [Fact]
    public void Bash_completes_with_the_script()
    {
        const string script = """
            source <(counterpoise completion bash)
            compopt() { options+="$2"; }
            try() {
                COMP_LINE="$1" COMP_POINT=${#1} COMPREPLY=() options=
                $(complete -p counterpoise | sed 's/.*-F \([^ ]*\) .*/\1/') counterpoise
                echo "$1: ${COMPREPLY[*]} $options"
            }
            try "counterpoise tra"
            try "counterpoise train --method mfw+dr"
            try "counterpoise train --set mfw.al"
            try "counterpoise train --set mfw.weight=p"
            try "counterpoise train mi"
            try "counterpoise train --output "
            """;
        File.WriteAllText(folder["mine.toml"], "");
        Directory.CreateDirectory(folder["mixed"]);

        Assert.Equal(
            """
            counterpoise tra: train 
            counterpoise train --method mfw+dr: mfw+drw 
            counterpoise train --set mfw.al: mfw.alpha= nospace
            counterpoise train --set mfw.weight=p: power 
            counterpoise train mi: mine.toml mixed/ filenamesnospace
            counterpoise train --output :  
            """.Split('\n'),
            Shell("bash", script)
        );
    }

    [Fact]
    public void Zsh_completes_with_the_script()
    {
        const string script = """
            compdef() { : }
            compadd() { [[ $# -gt ${@[(i)--]} ]] && print -r -- "${@[1,(i)--]}" "${@[$(( ${@[(i)--]} + 1 )),-1]}" }
            _files() { print files }
            source <(counterpoise completion zsh)
            try() { words=("$@") CURRENT=$#; _counterpoise }
            try counterpoise tra
            try counterpoise train --method mfw+dr
            try counterpoise train --set mfw.al
            try counterpoise train --output ""
            """;

        Assert.Equal(["-- train", "-- mfw+drw", "-S  -- mfw.alpha=", "files"], Shell("zsh", script));
    }

    [Fact]
    public void Fish_completes_with_the_script()
    {
        const string script = """
            counterpoise completion fish | source
            complete -C "counterpoise tra"
            complete -C "counterpoise train --method mfw+dr"
            complete -C "counterpoise train --set mfw.al"
            complete -C "counterpoise train --output min"
            """;
        File.WriteAllText(folder["mine.toml"], "");

        Assert.Equal(["train", "mfw+drw", "mfw.alpha=", "mine.toml"], Shell("fish", script));
    }

    [Fact]
    public void PowerShell_completes_with_the_script()
    {
        const string script = """
            counterpoise completion pwsh | Out-String | Invoke-Expression
            foreach ($line in "counterpoise tra", "counterpoise train --method mfw+dr", "counterpoise data ") {
                $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
                $found.CompletionMatches.CompletionText -join " "
            }
            """;

        Assert.Equal(["train", "mfw+drw", "download inspect pack"], Shell("pwsh", script));
    }

    [Fact]
    public void Another_shell_is_refused() =>
        Refusals.AssertWrongUsage(Tool.Run("completion", "csh"), "<shell> is csh", "expected bash, zsh, fish or pwsh");

    private IReadOnlyList<string> Ask(string line)
    {
        using Tool tool = Tool.Start(["complete", line], folder.Path);
        ToolResult result = tool.Finish();
        Assert.True(result is { ExitCode: 0, Error: [] }, result.ToString());
        return result.Output;
    }

    /// <summary>What a shell prints that finds the tool under its name.</summary>
    private string[] Shell(string shell, string script)
    {
        string program = $"/usr/bin/{shell}";
        Assert.SkipUnless(File.Exists(program), $"There is no {shell}.");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string tool = folder["bin/counterpoise"];
        Directory.CreateDirectory(folder["bin"]);
        File.WriteAllText(
            tool,
            $"#!/bin/sh\nexec '{host}' '{Path.Combine(Tool.Folder, "Counterpoise.Cli.dll")}' \"$@\"\n"
        );
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo(program, ["-c", script])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = folder.Path;
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.TrimEnd('\n').Split('\n');
    }
}
