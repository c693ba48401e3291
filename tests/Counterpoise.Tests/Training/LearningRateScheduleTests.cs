using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Training;
using CsCheck;

namespace Counterpoise.Tests.Training;

public sealed class LearningRateScheduleTests
{
    private static readonly TrainingSettings Paper = new() { Epochs = 300 };

    [Fact]
    public void The_cosine_is_the_formula_of_the_protocol() =>
        Gen.Select(Gen.Double[0.001, 10], Gen.Int[1, 500], Gen.Int[6, 400])
            .SelectMany(x => Gen.Select(Gen.Const(x), Gen.Long[0, ((long)x.Item2 * x.Item3) - 1]))
            .Sample(
                (x, t) =>
                {
                    (double lr0, int perEpoch, int epochs) = x;
                    double s = perEpoch;
                    double total = s * epochs;
                    double wanted =
                        t < 5 * s
                            ? lr0 * (t + 1) / (5 * s)
                            : lr0 / 2 * (1 + Math.Cos(Math.PI * (t - (5 * s)) / (total - (5 * s))));
                    Assert.Equal(
                        wanted,
                        LearningRateSchedule.At(Paper with { LearningRate = lr0 }, t, perEpoch, epochs),
                        1e-12 * lr0
                    );
                }
            );

    [Fact]
    public void The_first_step_has_one_step_of_warm_up_and_the_last_is_above_0()
    {
        const int perEpoch = 97;
        Assert.Equal(0.1 / (5 * perEpoch), LearningRateSchedule.At(Paper, 0, perEpoch, 300), 1e-15);
        Assert.Equal(0.1, LearningRateSchedule.At(Paper, (5 * perEpoch) - 1, perEpoch, 300), 1e-15);
        Assert.Equal(0.1, LearningRateSchedule.At(Paper, 5 * perEpoch, perEpoch, 300), 1e-15);
        Assert.InRange(LearningRateSchedule.At(Paper, (300 * perEpoch) - 1, perEpoch, 300), 1e-12, 1e-8);
    }

    [Fact]
    public void It_rises_then_falls_without_a_jump()
    {
        const int perEpoch = 20;
        double[] rates =
        [
            .. Enumerable.Range(0, 40 * perEpoch).Select(t => LearningRateSchedule.At(Paper, t, perEpoch, 40)),
        ];
        for (int t = 1; t < rates.Length; t++)
        {
            Assert.InRange(Math.Abs(rates[t] - rates[t - 1]), 0, 0.1 / (5 * perEpoch) * 1.001);
            Assert.True(t <= 5 * perEpoch ? rates[t] >= rates[t - 1] : rates[t] < rates[t - 1], $"step {t}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_warm_up_at_least_as_long_as_the_run_only_rises(int epochs)
    {
        for (int t = 0; t < epochs * 10; t++)
        {
            Assert.Equal(0.1 * (t + 1) / 50, LearningRateSchedule.At(Paper, t, 10, epochs), 1e-15);
        }
    }

    [Fact]
    public void A_run_of_one_step_after_the_warm_up_has_the_base_rate() =>
        Assert.Equal(0.1, LearningRateSchedule.At(Paper with { Warmup = 0 }, 0, 1, 1), 1e-15);

    [Theory]
    [InlineData(0, 0.02)]
    [InlineData(59, 0.2)]
    [InlineData(60, 0.02)]
    [InlineData(79, 0.02)]
    [InlineData(80, 0.002)]
    [InlineData(89, 0.002)]
    public void Milestones_multiply_by_the_factor_from_the_first_step_of_their_epoch(int epoch, double rate)
    {
        TrainingSettings settings = Paper with
        {
            Schedule = ScheduleKind.MultiStep,
            LearningRate = 0.2,
            Warmup = 1,
            Milestones = new ValueList<int>(60, 80),
            Factor = 0.1,
        };
        Assert.Equal(rate, LearningRateSchedule.At(settings, epoch * 10, 10, 90), 1e-12);
        double last = LearningRateSchedule.At(settings, (epoch * 10) + 9, 10, 90);
        Assert.Equal(epoch == 0 ? 0.2 : rate, last, 1e-12);
    }

    [Fact]
    public void A_constant_rate_stays_after_its_warm_up()
    {
        TrainingSettings settings = Paper with { Schedule = ScheduleKind.Constant, Warmup = 1 };
        Assert.Equal(0.01, LearningRateSchedule.At(settings, 0, 10, 9), 1e-15);
        Assert.All(Enumerable.Range(10, 80), t => Assert.Equal(0.1, LearningRateSchedule.At(settings, t, 10, 9)));
    }

    [Fact]
    public void Long_runs_do_not_overflow() =>
        Assert.Equal(
            0.05,
            LearningRateSchedule.At(Paper with { Warmup = 0 }, 50_000L * 1_000_000, 1_000_000, 100_000),
            1e-12
        );
}
