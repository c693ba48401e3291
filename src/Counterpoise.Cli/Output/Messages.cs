namespace Counterpoise.Cli.Output;

/// <summary>Where a verb tells people what they should know: beside its results, not among them.</summary>
internal static class Messages
{
    /// <summary>Standard output, or standard error where standard output is JSON; nowhere on other ranks than the first.</summary>
    internal static TextWriter Writer(bool json, bool isFirstRank = true) =>
        !isFirstRank ? TextWriter.Null
        : json ? Console.Error
        : Console.Out;
}
