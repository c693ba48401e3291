using Counterpoise.Data;
using Counterpoise.Training;

namespace Counterpoise.Methods;

/// <summary>
/// A method of class-imbalanced learning: a small record of settings that fills slots of a recipe's phases. Everything
/// that has an effect belongs to the trainer, which knows no method by name.
/// </summary>
public abstract record Method
{
    /// <summary>The method's name in recipes and on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it does and where it comes from, in one line.</summary>
    public abstract string Summary { get; }

    /// <summary>Fills this method's slots.</summary>
    /// <param name="phases">The recipe's phases so far.</param>
    /// <returns>The phases with the slots filled, or with a phase more.</returns>
    /// <exception cref="UsageException">A slot is filled already; the message names both methods.</exception>
    internal abstract IReadOnlyList<Phase> Fill(IReadOnlyList<Phase> phases);

    /// <summary>The same method with every automatic setting replaced by its value for this data.</summary>
    internal virtual Method Resolve(DataSettings data) => this;
}
