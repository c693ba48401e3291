namespace Counterpoise.Data.Formats;

/// <summary>What the label of a row stands for: a class, or the reason why there is none, to follow on "the row comes".</summary>
/// <param name="Class">The index of the class; -1 where there is a problem.</param>
/// <param name="Problem">Null, or such as <c>without a label</c>.</param>
internal readonly record struct ParquetLabel(int Class, string? Problem)
{
    /// <summary>The problem of a row that has no label.</summary>
    internal const string None = "without a label";

    /// <summary>Whether a value says that there is no label: null, the hub's -1, empty text.</summary>
    internal static bool IsNone(object? value) =>
        value is null or -1L || (value is string text && string.IsNullOrWhiteSpace(text));
}
