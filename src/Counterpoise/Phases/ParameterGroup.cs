namespace Counterpoise.Phases;

/// <summary>Parameters that learn at a rate of their own.</summary>
/// <param name="Prefix">
/// What their names begin with: <c>head.</c> for the head's, whatever the network calls it; empty for all.
/// </param>
/// <param name="RateFactor">Their learning rate over the phase's; 0 freezes them.</param>
public sealed record ParameterGroup(string Prefix, double RateFactor);
