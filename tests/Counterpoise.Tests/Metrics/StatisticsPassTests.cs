using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Metrics;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Metrics;

public sealed class StatisticsPassTests
{
    private const int Epoch = 3;
    private static readonly Execution Execution = new(1, "cpu", Precision.Fp32);

    [Fact]
    public void All_statistics_are_those_of_one_image_after_the_other()
    {
        using var scope = NewDisposeScope();
        using ImageData images = SyntheticImages.Open(1, trainPerClass: 20, testPerClass: 4);
        var settings = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Rho = 4 };
        TrainingData data = TrainingData.Prepare(images, settings);
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(5));
        using var input = new InputPipeline(data.Normalisation, Execution);
        network.train();
        network.call(input.Prepare(data.Train.Read([0, 9, 19, 29, 39, 49]))); // Statistics that differ from the initial ones.
        Reference train = Reference.Of(network, data.Train, input);
        Reference test = Reference.Of(network, data.Test, input);

        TrainingStatistics found = new StatisticsPass(network, data, input).Run(Epoch, CancellationToken.None);

        Assert.True(network.training);
        Near(train.Mean(i => train.Predicted[i] == data.Train.Labels[i] ? 100 : 0), found.TrainPerClassAccuracy);
        Near(test.Mean(i => test.Predicted[i] == data.Test.Labels[i] ? 100 : 0), found.Test.PerClassAccuracy);
        Near(
            [.. data.ClassCounts.Select((count, c) => (double?)train.Predicted.Count(p => p == c) / count)],
            found.ClassificationRatio
        );
        Near(train.Mean(i => train.Gradient[i]), found.GradientNorm);
        Near(train.Mean(i => train.Entropy[i]), found.TrainEntropy);
        Near(test.Mean(i => test.Entropy[i]), found.TestEntropy);
        Near(new FeatureDeviation().Of(train.Features, test.Features, Epoch), found.FeatureDeviation);
        Assert.Equal(5, data.ClassCounts.Min()); // So K is 5, not the size of each class.
        double[] weight = Numbers.Of(network.get_parameter("linear.weight")!);
        Near([.. weight.Chunk(64).Select(row => (double?)Math.Sqrt(row.Sum(w => w * w)))], found.WeightNorm!);
        for (int i = 0; i < 100; i++)
        {
            (int label, int predicted) = (i / 10, i % 10);
            Assert.Equal(
                test.Predicted.Where((p, at) => p == predicted && data.Test.Labels[at] == label).Count(),
                found.Confusion[label, predicted]
            );
        }

        Calibration calibration = Calibration.Of(
            test.Confidence,
            [.. test.Predicted.Zip(data.Test.Labels, (predicted, label) => predicted == label)]
        );
        Assert.Equal(calibration.ExpectedError, found.Calibration.ExpectedError, 1e-4);
        Assert.True(train.Predicted.Distinct().Count() > 1, "A network that predicts one class shows little.");
    }

    [Fact]
    public void A_network_without_weights_takes_all_for_the_first_class_and_is_as_unsure_as_can_be()
    {
        using var scope = NewDisposeScope();
        using ImageData images = SyntheticImages.Open(1, trainPerClass: 6, testPerClass: 2);
        TrainingData data = TrainingData.Prepare(images, new DataSettings());
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(5));
        using var input = new InputPipeline(data.Normalisation, Execution);
        using (no_grad())
        {
            network.get_parameter("linear.weight")!.zero_();
            network.get_parameter("linear.bias")!.zero_();
        }

        TrainingStatistics found = new StatisticsPass(network, data, input).Run(Epoch, CancellationToken.None);

        Near([10, .. Enumerable.Repeat<double?>(0, 9)], found.ClassificationRatio);
        Near([.. Enumerable.Repeat<double?>(Math.Log(10), 10)], found.TestEntropy);
        Near([.. Enumerable.Repeat<double?>(0, 10)], found.GradientNorm);
        Near([.. Enumerable.Repeat<double?>(0, 10)], found.WeightNorm!);
        Assert.Equal(0, found.Calibration.ExpectedError, 1e-6);
        Assert.All(
            found.Mistakes,
            mistake => Assert.Equal((0, 0.1), (mistake.Predicted, Math.Round(mistake.Confidence, 4)))
        );
        Assert.Equal(
            Enumerable.Range(1, 9).SelectMany(c => new[] { c, c }),
            found.Mistakes.Select(mistake => mistake.Label)
        );
    }

    [Fact]
    public void The_surest_mistakes_of_the_worst_classes_come_first()
    {
        Mistake[] mistakes =
        [
            new(0, 0, 1, 0.9),
            new(1, 1, 0, 0.3),
            new(2, 1, 0, 0.8),
            new(3, 1, 2, 0.5),
            new(4, 1, 2, 0.5),
        ];

        IReadOnlyList<Mistake> worst = Mistake.Worst(mistakes, [80, 20, 0]);

        Assert.Equal([2, 3, 4, 0], worst.Select(mistake => mistake.Image));
    }

    [Fact]
    public void Passes_over_images_leak_no_tensors()
    {
        using ImageData images = SyntheticImages.Open(1, trainPerClass: 6, testPerClass: 2);
        TrainingData data = TrainingData.Prepare(images, new DataSettings());
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(10, new Draws(5));
        using var input = new InputPipeline(data.Normalisation, Execution);
        var pass = new StatisticsPass(network, data, input);
        pass.Run(Epoch, CancellationToken.None);
        long before = LiveTensors.Count();

        pass.Run(Epoch, CancellationToken.None);

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static void Near(IReadOnlyList<double?> expected, IReadOnlyList<double?> found)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach ((double? wanted, double? got) in expected.Zip(found))
        {
            Assert.Equal(wanted!.Value, got!.Value, 1e-4 * Math.Max(1, Math.Abs(wanted.Value)));
        }
    }

    /// <summary>The same numbers, image by image and in double precision from the features on.</summary>
    private sealed record Reference(
        IReadOnlyList<int> Labels,
        int[] Predicted,
        double[] Confidence,
        double[] Entropy,
        double[] Gradient,
        IReadOnlyList<IReadOnlyList<float[]>> Features
    )
    {
        internal static Reference Of(StagedNetwork network, IImageSource images, InputPipeline input)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            int n = images.Count;
            double[][] weight = [.. Numbers.Of(network.get_parameter("linear.weight")!).Chunk(64)];
            double[] bias = Numbers.Of(network.get_parameter("linear.bias")!);
            var result = new Reference(images.Labels, new int[n], new double[n], new double[n], new double[n], []);
            var features = new List<float[]>[10];
            bool training = network.training;
            network.eval();
            for (int i = 0; i < n; i++)
            {
                double[] f = Numbers.Of(network.Map(input.Prepare(images.Read([i]))).mean([2, 3]));
                double[] scores = [.. weight.Select((row, c) => Math.Exp(bias[c] + row.Zip(f, (a, b) => a * b).Sum()))];
                double[] p = [.. scores.Select(score => score / scores.Sum())];
                result.Predicted[i] = Array.IndexOf(p, p.Max());
                result.Confidence[i] = p.Max();
                result.Entropy[i] = -p.Sum(share => share * Math.Log(share));
                double[] error = [.. p.Select((share, c) => share - (c == images.Labels[i] ? 1 : 0))];
                double[] gradient =
                [
                    .. Enumerable.Range(0, 64).Select(k => error.Select((e, c) => e * weight[c][k]).Sum()),
                ];
                result.Gradient[i] = Math.Sqrt(gradient.Sum(g => g * g));
                (features[images.Labels[i]] ??= []).Add([.. f.Select(x => (float)x)]);
            }

            network.train(training);
            return result with { Features = features };
        }

        internal IReadOnlyList<double?> Mean(Func<int, double> value) =>
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(c => (double?)Enumerable.Range(0, Labels.Count).Where(i => Labels[i] == c).Average(value)),
            ];
    }
}
