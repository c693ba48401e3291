using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

/// <summary>
/// The CIFAR residual network once more, in plain row-major order with torch.nn.functional alone: what the library's
/// network is compared with.
/// </summary>
internal sealed class PlainResNet
{
    private readonly Dictionary<string, Tensor> values;
    private readonly int blocks;
    private readonly bool training;

    /// <summary>Copies a network's parameters and statistics.</summary>
    public PlainResNet(StagedNetwork network, bool training)
    {
        using var noGradient = no_grad();
        values = network
            .named_parameters()
            .Select(named => (named.name, value: (Tensor)named.parameter))
            .Concat(network.named_buffers().Select(named => (named.name, value: named.buffer)))
            .ToDictionary(pair => pair.name, pair => pair.value.contiguous().clone().detach());
        foreach ((string name, _) in network.named_parameters())
        {
            values[name].requires_grad_();
        }

        blocks = values.Keys.Count(name =>
            name.StartsWith("layer1.", StringComparison.Ordinal)
            && name.EndsWith(".conv1.weight", StringComparison.Ordinal)
        );
        this.training = training;
    }

    public Tensor this[string name] => values[name];

    /// <summary>Runs the network, with z'_n = (1 - f_n) z_n + f_n z_p(n) after one stage.</summary>
    public Tensor Classify(Tensor images, int mixAfter = -1, long[]? partner = null, float[]? weight = null)
    {
        Tensor Mixed(int stage, Tensor map)
        {
            if (stage != mixAfter)
            {
                return map;
            }

            Tensor share = tensor(weight!).reshape(-1, 1, 1, 1);
            return ((1 - share) * map) + (share * map[tensor(partner!)]);
        }

        Tensor map = Mixed(0, images.contiguous());
        map = nn.functional.relu(Normalise("bn1", Convolve("conv1", map, 1)));
        for (int stage = 1; stage <= 3; stage++)
        {
            for (int block = 0; block < blocks; block++)
            {
                map = Block($"layer{stage}.{block}", map, stride: stage > 1 && block == 0 ? 2 : 1);
            }

            map = Mixed(stage, map);
        }

        return map.mean([2, 3]).matmul(values["linear.weight"].t()) + values["linear.bias"];
    }

    private Tensor Block(string name, Tensor input, int stride)
    {
        Tensor output = nn.functional.relu(Normalise($"{name}.bn1", Convolve($"{name}.conv1", input, stride)));
        output = Normalise($"{name}.bn2", Convolve($"{name}.conv2", output, 1));
        if (stride == 2)
        {
            Tensor smaller = nn.functional.avg_pool2d(input, 1, stride: 2);
            Tensor empty = zeros_like(smaller)[.., ..(int)(smaller.shape[1] / 2)];
            input = cat([empty, smaller, empty], 1);
        }

        return nn.functional.relu(output + input);
    }

    private Tensor Convolve(string name, Tensor input, long stride) =>
        nn.functional.conv2d(input, values[$"{name}.weight"], strides: [stride, stride], padding: [1, 1]);

    /// <summary>Batch normalisation from its formula; the running statistics are left alone.</summary>
    private Tensor Normalise(string name, Tensor input)
    {
        Tensor mean = training ? input.mean([0, 2, 3]) : values[$"{name}.running_mean"];
        Tensor centred = input - mean.reshape(1, -1, 1, 1);
        Tensor variance = training ? centred.pow(2).mean([0, 2, 3]) : values[$"{name}.running_var"];
        Tensor scale = values[$"{name}.weight"] / (variance + 1e-5).sqrt();
        return (centred * scale.reshape(1, -1, 1, 1)) + values[$"{name}.bias"].reshape(1, -1, 1, 1);
    }
}
