namespace Counterpoise.Cli.Output;

/// <summary>Words as a shell takes them, for commands that are shown.</summary>
internal static class ShellWord
{
    internal static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=+,:@%".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''")}'";
}
