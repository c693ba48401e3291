namespace Counterpoise.Basics;

/// <summary>
/// An error that the user can act on. Its message is one line that names the file, row or setting, what was found,
/// what was expected, and what to do.
/// </summary>
public class CounterpoiseException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: the file or setting, what was found and expected, what to do.</param>
    /// <param name="inner">The failure underneath, if there was one.</param>
    public CounterpoiseException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>One line: the file or setting, what was found and expected, what to do.</summary>
    public override string Message => Spelled(name => name);

    /// <summary>The message with its settings spelled in one's own way, such as the options of a tool.</summary>
    /// <param name="spelling">Spells the name of a setting.</param>
    internal string Spelled(Func<string, string> spelling) => Printable.Of(SettingName.Spell(base.Message, spelling));

    /// <summary>The message with settings that can still be spelled: to be put into another message.</summary>
    internal string Unspelled => base.Message;
}

/// <summary>A wrong argument, recipe key or name: the command was not understood, and nothing was done.</summary>
public sealed class UsageException : CounterpoiseException
{
    /// <inheritdoc cref="CounterpoiseException(string, Exception?)"/>
    public UsageException(string message, Exception? inner = null)
        : base(message, inner) { }
}
