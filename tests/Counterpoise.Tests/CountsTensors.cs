namespace Counterpoise.Tests;

/// <summary>Tests that count live tensors run alone: the count is that of the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountsTensors
{
    public const string Name = "Counts tensors";
}
