namespace Counterpoise.Basics;

/// <summary>Hands on at once, on the same thread, what is told while something lasts.</summary>
/// <param name="say">Receives each line.</param>
internal sealed class Telling(Action<string> say) : IProgress<string>
{
    /// <inheritdoc/>
    public void Report(string value) => say(value);
}
