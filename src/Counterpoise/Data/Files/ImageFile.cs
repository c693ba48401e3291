namespace Counterpoise.Data.Files;

/// <summary>One image file and the class it belongs to.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Group">What it is kept together with on one side of a split; null for nothing.</param>
internal readonly record struct ImageFile(string Path, int Label, string? Group = null);
