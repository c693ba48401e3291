namespace Counterpoise.Basics;

/// <summary>
/// An error that the user can act on. Its message is one line that names the file, row or option, what was found,
/// what was expected, and what to do.
/// </summary>
public class CounterpoiseException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: the file or option, what was found and expected, what to do.</param>
    /// <param name="inner">The failure underneath, if there was one.</param>
    public CounterpoiseException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>A wrong option, recipe key or name: the command was not understood, and nothing was done.</summary>
public sealed class UsageException : CounterpoiseException
{
    /// <inheritdoc cref="CounterpoiseException(string, Exception?)"/>
    public UsageException(string message, Exception? inner = null)
        : base(message, inner) { }
}
