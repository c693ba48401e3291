using Counterpoise.Basics;

namespace Counterpoise.Training;

/// <summary>Training diverged: the loss or a parameter is no longer finite. The same recipe would diverge again.</summary>
public sealed class DivergenceException : CounterpoiseException
{
    /// <inheritdoc cref="CounterpoiseException(string, Exception?)"/>
    public DivergenceException(string message, Exception? inner = null)
        : base(message, inner) { }
}
