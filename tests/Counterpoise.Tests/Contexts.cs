using Counterpoise.Training;

namespace Counterpoise.Tests;

/// <summary>Places in a training.</summary>
internal static class Contexts
{
    public static StepContext At(
        IReadOnlyList<int> counts,
        int epoch = 0,
        int epochs = 10,
        long firstPlace = 0,
        ulong seed = 0
    ) => new(epoch, epoch, epochs, 0, 0.1, counts, new Draws(seed), firstPlace);
}
