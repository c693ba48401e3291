using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Counterpoise.Cli.Completion;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Verbs;

namespace Counterpoise.Cli;

/// <summary>The tool's verbs and options.</summary>
internal static class ToolCommand
{
    private const string Help = "--help";

    /// <summary>Reads a command line. A verb of verbs alone asks for help, and so does 'help' before a verb; 'version' is an option without hyphens.</summary>
    internal static ParseResult Parse(string[] arguments)
    {
        arguments = arguments switch
        {
            ["help", .. var verb] => [.. verb, Help],
            ["version"] => ["--version"],
            _ => arguments,
        };
        Command root = Create();
        ParseResult parsed = root.Parse(arguments);
        bool isOnlyVerbs = parsed.Tokens.All(token => token.Type == TokenType.Command) && parsed.UnmatchedTokens is [];
        return isOnlyVerbs && parsed.CommandResult.Command.Subcommands.Count > 0
            ? root.Parse([.. arguments, Help])
            : parsed;
    }

    internal static Command Create()
    {
        var help = new HelpOption { Recursive = true };
        help.Action = new SettingOption.Help((HelpAction)help.Action!);

        // Not a RootCommand: that one calls itself after the assembly.
        var root = new Command(
            "counterpoise",
            "Trains image classifiers on class-imbalanced data. Start with 'counterpoise demo', or with "
                + "'counterpoise train --data FOLDER', where FOLDER has a folder of images per class. "
                + "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C and 141 because nobody reads the output any more, with everything saved."
        )
        {
            help,
            new VersionOption("--version", "-v"),
            DemoVerb.Create(),
            TrainVerb.Create(),
            CompareVerb.Create(),
            ProbeVerb.Create(),
            TuneVerb.Create(),
            ChooseVerb.Create(),
            ReproduceVerb.Create(),
            ResumeVerb.Create(),
            EvaluateVerb.Create(),
            DecideVerb.Create(),
            DoubtsVerb.Create(),
            AnalyzeVerb.Create(),
            ExportVerb.Create(),
            PredictVerb.Create(),
            ServeVerb.Create(),
            ReportVerb.Create(),
            RunsVerb.Create(),
            WatchVerb.Create(),
            InitVerb.Create(),
            DataVerb.Create(),
            CatalogueVerbs.CreateMethods(),
            CatalogueVerbs.CreateModels(),
            DoctorVerb.Create(),
            CompletionVerb.Create(),
            CompleteVerb.Create(),
        };
        ValueCompletions.AddTo(root);
        return root;
    }
}
