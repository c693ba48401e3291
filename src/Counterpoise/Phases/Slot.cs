namespace Counterpoise.Phases;

/// <summary>What fills a slot, and the method that filled it.</summary>
/// <param name="Value">The filling.</param>
/// <param name="By">The method's name, as it is named in recipes.</param>
public sealed record Slot<T>(T Value, string By);
