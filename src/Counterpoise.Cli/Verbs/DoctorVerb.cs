using System.CommandLine;
using Counterpoise.Basics;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>doctor</c>: what this machine would compute with, and what to do about what is missing.</summary>
internal static class DoctorVerb
{
    private const int Width = 80;
    private const int NameWidth = 18;

    internal static Command Create()
    {
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "doctor",
            "Tell what training would use here (libtorch, GPUs, precision), and what to do about what is missing."
        )
        {
            json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        Diagnosis diagnosis = new();
        if (json)
        {
            JsonObserver.WriteEvent("doctor", diagnosis.Json);
        }
        else
        {
            foreach (Diagnosis.Finding finding in diagnosis.Findings)
            {
                Print(finding.Name, finding.Text);
                if (finding.Advice is not null)
                {
                    Print("", $"-> {finding.Advice}");
                }
            }
        }

        return diagnosis.CanCompute ? 0 : Failures.Failed;
    }

    /// <summary>Prints a name and, beside it, a text in as many lines as it needs; only a longer word makes a longer line.</summary>
    private static void Print(string name, string text)
    {
        string line = name.PadRight(NameWidth);
        bool isEmpty = true;
        foreach (string word in Printable.OfLine(text).Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Width)
            {
                Console.WriteLine(line);
                line = new string(' ', NameWidth);
                isEmpty = true;
            }

            line += isEmpty ? word : $" {word}";
            isEmpty = false;
        }

        Console.WriteLine(line);
    }
}
