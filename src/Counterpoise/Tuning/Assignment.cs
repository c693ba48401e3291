namespace Counterpoise.Tuning;

/// <summary>A recipe key and the value that a trial gives it.</summary>
/// <param name="Key">A key as <c>--set</c> takes it, such as <c>mfw.alpha</c> or <c>method</c>.</param>
/// <param name="Value">The value as <c>--set</c> takes it.</param>
internal sealed record Assignment(string Key, string Value)
{
    /// <summary>The form that <c>--set</c> takes.</summary>
    public override string ToString() => $"{Key}={Value}";
}
