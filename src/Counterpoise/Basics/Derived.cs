namespace Counterpoise.Basics;

/// <summary>
/// What follows from the rest of a record and is computed once: it takes no part in the record's equality. Whoever sets
/// what it follows from sets it back to its default.
/// </summary>
/// <typeparam name="T">The type of what follows.</typeparam>
internal struct Derived<T> : IEquatable<Derived<T>>
    where T : class
{
    /// <summary>The value, or null while it is not computed.</summary>
    public T? Value { get; set; }

    /// <inheritdoc/>
    public readonly bool Equals(Derived<T> other) => true;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Derived<T>;

    /// <inheritdoc/>
    public override readonly int GetHashCode() => 0;
}
