using System.CommandLine;
using Counterpoise;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Verbs;

var root = new RootCommand(
    "Trains image classifiers on class-imbalanced data. Start with 'counterpoise demo', or 'counterpoise train --data FOLDER'."
)
{
    TrainVerb.Create(),
    ResumeVerb.Create(),
};

return Failures.Report(() =>
{
    ParseResult parsed = root.Parse(args);
    return parsed.Errors.Count > 0 && !parsed.Tokens.Any(token => token.Value is "--help" or "-h")
        ? throw new UsageException(Failures.Describe(parsed))
        : parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
});
