using System.CommandLine;
using System.CommandLine.Help;
using Counterpoise.Cli.Completion;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Verbs;

namespace Counterpoise.Cli;

/// <summary>The tool's verbs and options.</summary>
internal static class ToolCommand
{
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
            new VersionOption(),
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
