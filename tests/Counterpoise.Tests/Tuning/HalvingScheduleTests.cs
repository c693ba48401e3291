using Counterpoise.Tuning;
using CsCheck;

namespace Counterpoise.Tests.Tuning;

public sealed class HalvingScheduleTests
{
    [Theory]
    [InlineData(5, 200, 3, new[] { 66 })]
    [InlineData(9, 90, 3, new[] { 10, 30 })]
    [InlineData(27, 10, 3, new[] { 1, 3 })]
    [InlineData(8, 8, 2, new[] { 1, 2, 4 })]
    [InlineData(2, 200, 3, new int[0])]
    [InlineData(9, 2, 3, new int[0])]
    public void There_are_as_many_rungs_as_trials_and_epochs_allow(int trials, int epochs, int eta, int[] rungs) =>
        Assert.Equal(rungs, HalvingSchedule.Of(trials, epochs, eta).Rungs);

    [Fact]
    public void Rungs_are_multiples_of_the_first_below_the_end_and_somebody_goes_on() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[1, 500], Gen.Int[2, 6])
            .Sample(
                (trials, epochs, eta) =>
                {
                    var schedule = HalvingSchedule.Of(trials, epochs, eta);
                    Assert.All(schedule.Rungs, rung => Assert.True(rung < epochs && rung % schedule.Rungs[0] == 0));
                    Assert.Null(schedule.Until(schedule.Last));
                    Assert.InRange(schedule.Survivors(trials), 1, Math.Max(1, trials / eta));
                }
            );
}
