namespace Counterpoise.Basics;

/// <summary>
/// Marks a property of a settings record as a key that recipes and <c>--set</c> can give. One mechanism reads, checks,
/// writes and documents all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute : Attribute
{
    /// <summary>Creates the mark.</summary>
    /// <param name="description">What the setting does, in one sentence without the default.</param>
    public SettingAttribute(string description) => Description = description;

    /// <summary>What the setting does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>The unit of a number, such as <c>epochs</c>; empty where it has none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The smallest value allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>The largest value allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is refused.</summary>
    public bool AboveMin { get; init; }
}
