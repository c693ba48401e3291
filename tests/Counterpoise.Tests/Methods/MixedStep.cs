using Counterpoise.Basics;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Tests.Networks;
using Counterpoise.Tests.Training;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>A whole training step of a method that mixes labels too, compared with a slow computation.</summary>
internal static class MixedStep
{
    /// <summary>Fails unless loss and gradients are those of (1 - f_n) l(y_n) + f_n l(y_p(n)), averaged over the batch.</summary>
    /// <param name="method">The method, a mixer.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="labels">The batch's labels.</param>
    /// <param name="loss">l from one example's logits and one label.</param>
    /// <param name="gradient">The same mean loss as a tensor, from all logits and [N, C] mixed labels.</param>
    /// <returns>The logits, in rows, and the mixing.</returns>
    public static (double[][] Logits, Mixing Mixing) Check(
        Method method,
        in StepContext context,
        int[] labels,
        Func<double[], int, double> loss,
        Func<Tensor, Tensor, Tensor> gradient
    )
    {
        using var scope = NewDisposeScope();
        int classes = context.ClassCounts.Count;
        using StagedNetwork network = NetworkCatalogue.Find("resnet8").Create(classes, new Draws(1));
        network.train();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, labels.Length, 3, 8, 8));
        var plain = new PlainResNet(network, training: true);
        Mixing mixing = ((IMixer)method).Mix(context, labels)!;
        long[] partner = [.. mixing.Partner.Select(index => (long)index)];
        Tensor wanted = plain.Classify(images, mixing.After, partner, [.. mixing.FeatureWeight]);
        double[][] logits = [.. Numbers.Of(wanted).Chunk(classes)];
        gradient(wanted, MixedLabels(labels, mixing, classes)).backward();

        (double found, _) = Steps.Backward(network, method.Fill(new Phase("train", 10)), context, images, labels);

        Assert.Equal(Mean(logits, labels, mixing.Partner, mixing.LabelWeight!, loss), found, 1e-5);
        foreach ((string name, Parameter value) in network.named_parameters())
        {
            Numbers.AssertClose(plain[name].grad!, value.grad!, 1e-4, name);
        }

        // Labels that are not mixed give another loss: the comparison can tell them apart.
        float[] none = new float[labels.Length];
        Assert.True(Math.Abs(Mean(logits, labels, mixing.Partner, none, loss) - found) > 1e-3);
        return (logits, mixing);
    }

    /// <summary>The mean of (1 - f_n) l(y_n) + f_n l(y_p(n)).</summary>
    public static double Mean(
        double[][] logits,
        int[] labels,
        IReadOnlyList<int> partner,
        IReadOnlyList<float> share,
        Func<double[], int, double> loss
    )
    {
        double sum = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            sum += (1.0 - share[n]) * loss(logits[n], labels[n]);
            sum += share[n] * loss(logits[n], labels[partner[n]]);
        }

        return sum / labels.Length;
    }

    /// <summary>Softmax cross-entropy of one example.</summary>
    public static double CrossEntropy(double[] logits, int label) => Math.Log(logits.Sum(Math.Exp)) - logits[label];

    /// <summary>The mean softmax cross-entropy of mixed labels.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor mixed) => -(mixed * logits.log_softmax(1)).sum([1]).mean();

    private static Tensor MixedLabels(int[] labels, Mixing mixing, int classes)
    {
        float[,] mixed = new float[labels.Length, classes];
        for (int n = 0; n < labels.Length; n++)
        {
            mixed[n, labels[n]] += 1 - mixing.LabelWeight![n];
            mixed[n, labels[mixing.Partner[n]]] += mixing.LabelWeight[n];
        }

        return tensor(mixed);
    }
}
