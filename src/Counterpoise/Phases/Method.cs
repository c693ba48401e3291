using Counterpoise.Basics;

namespace Counterpoise.Phases;

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

    /// <summary>Fills this method's slots of the phase that trains the network.</summary>
    /// <param name="phase">The phase as the methods before have filled it.</param>
    /// <exception cref="UsageException">A slot is filled already; the message names both methods.</exception>
    public virtual Phase Fill(Phase phase) => phase;

    /// <summary>The second phase of a method that has one, or null.</summary>
    /// <param name="first">The phase that trains the network, filled by all methods.</param>
    /// <exception cref="UsageException">It cannot follow that phase; the message says why.</exception>
    public virtual Phase? Follow(Phase first) => null;

    /// <summary>The same method with every automatic setting replaced by its value.</summary>
    /// <param name="context">The rest of the recipe.</param>
    /// <exception cref="UsageException">There is no such value; the message says what to give.</exception>
    public virtual Method Resolve(MethodContext context) => this;
}
