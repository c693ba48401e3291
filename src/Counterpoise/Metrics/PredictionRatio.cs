namespace Counterpoise.Metrics;

/// <summary>Images predicted as a class over images of it (Ye, Zhan and Chao, ICCV 2021, equation 13); 1 is as often as it is.</summary>
/// <param name="key">Its key.</param>
/// <param name="ofTest">Whether of the test images; otherwise of the training images.</param>
internal sealed class PredictionRatio(string key, bool ofTest) : ClassStatistic(key)
{
    internal override ClassTally Begin(StatisticsScope scope) => new Tally(ofTest);

    private sealed class Tally(bool ofTest) : ClassTally
    {
        internal override IReadOnlyList<double?> Values(ConfusionMatrix train, ConfusionMatrix test) =>
            (ofTest ? test : train).ClassificationRatio;
    }
}
