using Counterpoise.Metrics;
using CsCheck;

namespace Counterpoise.Tests.Metrics;

public sealed class CalibrationTests
{
    [Fact]
    public void A_network_that_is_as_sure_as_it_is_right_has_no_error()
    {
        double[] confidence = [0.75, 0.75, 0.75, 0.75, 1, 1];
        bool[] correct = [true, true, true, false, true, true];
        Assert.Equal(0, Calibration.Of(confidence, correct).ExpectedError, 1e-12);
        Assert.Equal(0.5, Calibration.Of([1, 1], [true, false]).ExpectedError, 1e-12);
    }

    [Fact]
    public void The_error_is_that_of_the_definition() =>
        Gen.Select(Gen.Double[0, 1].Array[1, 40], Gen.Bool.Array[40], Gen.Int[1, 20])
            .Sample(
                (confidence, rights, bins) =>
                {
                    bool[] correct = rights[..confidence.Length];
                    double wanted = 0;
                    for (int bin = 0; bin < bins; bin++)
                    {
                        int[] own =
                        [
                            .. Enumerable
                                .Range(0, confidence.Length)
                                .Where(i => Math.Min((int)(confidence[i] * bins), bins - 1) == bin),
                        ];
                        if (own.Length > 0)
                        {
                            double accuracy = own.Count(i => correct[i]) / (double)own.Length;
                            double mean = own.Sum(i => confidence[i]) / own.Length;
                            wanted += own.Length / (double)confidence.Length * Math.Abs(accuracy - mean);
                        }
                    }

                    Assert.Equal(wanted, Calibration.Of(confidence, correct, bins).ExpectedError, 1e-9);
                },
                iter: 100
            );
}
