namespace Counterpoise.Phases;

/// <summary>What fills a slot and acts in a part of a phase alone.</summary>
internal interface ITimed
{
    /// <summary>When it acts, and when those of its settings do that begin or end something.</summary>
    /// <param name="epochs">The number of epochs of the phase.</param>
    IEnumerable<ActingTime> ActsIn(int epochs);
}
