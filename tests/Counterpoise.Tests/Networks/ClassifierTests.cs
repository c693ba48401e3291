using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class ClassifierTests
{
    private static readonly Execution Execution = new(1, "cpu", Precision.Fp32);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predictions_come_from_running_statistics_without_mixing_and_change_nothing(bool training)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(5, new Draws(1));
        using InMemoryImages images = TestImages.Random(12, 8, 8, 5);
        using var input = new InputPipeline(Normalisation.Cifar, Execution);
        int[] all = [.. Enumerable.Range(0, 12)];
        network.train();
        network.call(input.Prepare(images.Read(all))); // Statistics that differ from the batch's and from the initial ones.
        network.train(training);
        double[] before = State(network);

        var plain = new PlainResNet(network, training: false);
        Tensor wanted = plain.Classify(input.Prepare(images.Read(all))).argmax(1);
        int[] predicted = Classifier.Predict(network, images, input, CancellationToken.None);

        Assert.Equal(wanted.data<long>().ToArray().Select(label => (int)label), predicted);
        Assert.True(predicted.Distinct().Count() > 1);
        Assert.Equal(training, network.training);
        Assert.Equal(before, State(network));
    }

    [Fact]
    public void Sets_of_more_than_one_batch_keep_their_order()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(5, new Draws(1));
        using InMemoryImages images = TestImages.Random(503, 8, 8, 5);
        using var input = new InputPipeline(Normalisation.Cifar, Execution);
        using (NewDisposeScope())
        {
            network.train();
            network.call(input.Prepare(images.Read([0, 1, 2, 3, 4, 5, 6, 7])));
        }

        int[] predicted = Classifier.Predict(network, images, input, CancellationToken.None);
        using var tail = new ImageSubset(images, [.. Enumerable.Range(480, 23)]);
        Assert.Equal(503, predicted.Length);
        Assert.Equal(Classifier.Predict(network, tail, input, CancellationToken.None), predicted[480..]);
        Assert.True(predicted[480..].Distinct().Count() > 1);
    }

    [Fact]
    public void It_stops_when_asked_and_puts_the_network_back_into_training()
    {
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(5, new Draws(1));
        using InMemoryImages images = TestImages.Random(2, 8, 8, 5);
        using var input = new InputPipeline(Normalisation.Cifar, Execution);
        network.train();
        Assert.Throws<OperationCanceledException>(() =>
            Classifier.Predict(network, images, input, new CancellationToken(canceled: true))
        );
        Assert.True(network.training);
    }

    private static double[] State(StagedNetwork network) => [.. network.state_dict().Values.SelectMany(Numbers.Of)];
}
