namespace Counterpoise.Tests;

/// <summary>Tests that count live tensors, or what else the whole process has, run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountsTensors
{
    public const string Name = "Counts tensors";
}
