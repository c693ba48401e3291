using Counterpoise.Basics;
using Counterpoise.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class CifarResNetTests
{
    [Theory]
    [InlineData("resnet32", 10, 464_154)]
    [InlineData("resnet32", 100, 464_154 + (90 * 64) + 90)]
    [InlineData("resnet20", 10, 269_722)]
    public void The_number_of_parameters_is_that_of_the_papers(string name, int classes, long count)
    {
        using StagedNetwork network = Create(name, classes);
        Assert.Equal(count, network.ParameterCount);
    }

    [Theory]
    [InlineData("resnet8", 1)]
    [InlineData("resnet32", 5)]
    public void Parameters_and_buffers_are_named_as_in_PyTorch(string name, int blocks)
    {
        string[] Normalisation(string prefix) =>
            [
                $"{prefix}.weight",
                $"{prefix}.bias",
                $"{prefix}.running_mean",
                $"{prefix}.running_var",
                $"{prefix}.num_batches_tracked",
            ];
        var wanted = new List<string> { "conv1.weight", "linear.weight", "linear.bias" };
        wanted.AddRange(Normalisation("bn1"));
        for (int layer = 1; layer <= 3; layer++)
        {
            for (int block = 0; block < blocks; block++)
            {
                foreach (int part in new[] { 1, 2 })
                {
                    wanted.Add($"layer{layer}.{block}.conv{part}.weight");
                    wanted.AddRange(Normalisation($"layer{layer}.{block}.bn{part}"));
                }
            }
        }

        using StagedNetwork network = Create(name, 10);
        Assert.Equal(wanted.Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Stages_have_the_shapes_of_the_paper()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet32", 10);
        network.eval();
        var shapes = new List<string>();
        Tensor last = network.Map(
            rand(1, 3, 32, 32),
            (stage, map) =>
            {
                shapes.Add($"{network.Stages[stage]} {string.Join('x', map.shape)}");
                return map;
            }
        );
        Assert.Equal(["input 1x3x32x32", "layer1 1x16x32x32", "layer2 1x32x16x16", "layer3 1x64x8x8"], shapes);
        Assert.Equal([1, 10], network.Head.call(last).shape);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    public void A_shortcut_that_widens_takes_every_second_pixel_between_zeros(int size)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using StagedNetwork network = Create("resnet8", 10);
        network.get_parameter("layer2.0.bn2.weight")!.zero_(); // Leaves the shortcut alone in the sum.
        var maps = new List<Tensor>();
        network.Map(
            Numbers.ChannelsLast(Numbers.Normal(1, ScalarType.Float32, 2, 3, size, size)),
            (_, map) =>
            {
                maps.Add(map);
                return map;
            }
        );
        Tensor wanted = zeros(2, 32, (size + 1) / 2, (size + 1) / 2);
        for (int channel = 0; channel < 16; channel++)
        {
            for (int row = 0; row < size; row += 2)
            {
                for (int column = 0; column < size; column += 2)
                {
                    wanted[.., 8 + channel, row / 2, column / 2] = maps[1][.., channel, row, column];
                }
            }
        }

        Assert.True(maps[1].max().item<float>() > 0);
        Assert.Equal(Numbers.Of(wanted), Numbers.Of(maps[2]));
    }

    [Theory]
    [InlineData("resnet8", true, 8)]
    [InlineData("resnet8", false, 8)]
    [InlineData("resnet8", true, 9)]
    [InlineData("resnet20", true, 8)]
    public void Logits_and_gradients_are_those_of_a_plain_computation(string name, bool training, int size)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create(name, 5);
        MoveStatistics(network);
        network.train(training);
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 4, 3, size, size));
        Tensor slope = Numbers.Normal(3, ScalarType.Float32, 4, 5);
        var plain = new PlainResNet(network, training);

        Tensor wanted = plain.Classify(images);
        (wanted * slope).sum().backward();
        Tensor logits = network.call(images);
        (logits * slope).sum().backward();

        Numbers.AssertClose(wanted, logits, 1e-5);
        foreach ((string parameter, TorchSharp.Modules.Parameter value) in network.named_parameters())
        {
            Numbers.AssertClose(plain[parameter].grad!, value.grad!, 1e-4, parameter);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5, 8)]
    [InlineData(ScalarType.Float32, 1e-5, 9)]
    [InlineData(ScalarType.BFloat16, 0.03, 8)]
    public void Evaluation_without_gradients_gives_the_same_logits(ScalarType type, double bound, int size)
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        MoveStatistics(network);
        network.eval();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, type, 4, 3, size, size));
        Tensor wanted = new PlainResNet(network, training: false).Classify(images.to(ScalarType.Float32));
        using var noGradient = no_grad();
        Numbers.AssertClose(wanted, network.call(images), bound);
    }

    [Fact]
    public void Evaluation_needs_no_dispose_scope_while_the_collector_runs()
    {
        using StagedNetwork network = Create("resnet8", 5);
        network.eval();
        using var noGradient = no_grad();
        using Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 16, 3, 32, 32));
        using Tensor first = network.call(images);
        double[] wanted = Numbers.Of(first);
        using var done = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        for (int i = 0; i < 20; i++)
        {
            using Tensor logits = network.call(images);
            Assert.Equal(wanted, Numbers.Of(logits));
        }

        done.Cancel();
        collecting.Join();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_in_double_precision_is_left_to_libtorch(bool training)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var convolution = new Convolution("conv", 16, 16, 3);
        using var normalisation = new BatchNormalisation("bn", 16);
        convolution.to(ScalarType.Float64);
        normalisation.to(ScalarType.Float64);
        normalisation.train(training);
        Tensor kernel = Numbers.Normal(1, ScalarType.Float64, 16, 16, 3, 3);
        convolution.get_parameter("weight")!.copy_(kernel);
        Tensor input = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float64, 4, 16, 5, 5));
        Tensor map = nn.functional.conv2d(input, kernel, padding: [1, 1]);
        Tensor normalised = training
            ? (map - map.mean([0, 2, 3], keepdim: true)) / (map.var([0, 2, 3], false, true) + 1e-5).sqrt()
            : map / Math.Sqrt(1 + 1e-5);
        Numbers.AssertClose(normalised.relu(), normalisation.Activate(convolution, input), 1e-12);
    }

    [Fact]
    public void Training_without_gradients_gives_the_same_logits()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        network.train();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(2, ScalarType.Float32, 4, 3, 8, 8));
        Tensor wanted = network.call(images);
        using var noGradient = no_grad();
        Assert.Equal(Numbers.Of(wanted), Numbers.Of(network.call(images)));
    }

    [Fact]
    public void A_batch_with_one_value_a_channel_cannot_be_normalised()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        network.train();
        var error = Assert.Throws<CounterpoiseException>(() => network.call(Numbers.ChannelsLast(rand(1, 3, 4, 4))));
        Assert.Contains("one value a channel", error.Message);
    }

    [Fact]
    public void Maps_stay_in_channels_last_order()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        network.Map(
            Numbers.ChannelsLast(rand(2, 3, 8, 8)),
            (_, map) =>
            {
                Assert.Equal(1, map.stride(1));
                return map;
            }
        );
        Assert.Equal(1, network.get_parameter("layer3.0.conv1.weight")!.stride(1));
    }

    [Fact]
    public void Training_updates_the_running_statistics_and_evaluation_leaves_them()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        Tensor images = Numbers.Normal(4, ScalarType.Float32, 4, 3, 8, 8);
        network.train();
        network.call(images);
        Tensor map = nn.functional.conv2d(images, network.get_parameter("conv1.weight")!, padding: [1, 1]);
        Numbers.AssertClose(0.1 * map.mean([0, 2, 3]), network.get_buffer("bn1.running_mean")!, 1e-5);
        Numbers.AssertClose(0.9 + (0.1 * map.var([0, 2, 3])), network.get_buffer("bn1.running_var")!, 1e-5);
        Assert.Equal(1, network.get_buffer("bn1.num_batches_tracked")!.item<long>());

        double[] before = [.. network.named_buffers().SelectMany(named => Numbers.Of(named.buffer))];
        network.eval();
        network.call(images);
        Assert.Equal(before, network.named_buffers().SelectMany(named => Numbers.Of(named.buffer)));
    }

    [Fact]
    public void In_bfloat16_logits_and_gradients_stay_float32_and_near()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork network = Create("resnet8", 5);
        network.eval();
        Tensor images = Numbers.ChannelsLast(Numbers.Normal(5, ScalarType.Float32, 2, 3, 8, 8));
        Tensor wanted = network.call(images);
        Tensor logits = network.call(images.to(ScalarType.BFloat16));
        Assert.Equal(ScalarType.Float32, logits.dtype);
        Numbers.AssertClose(wanted, logits, 0.03); // 8 layers, each rounded to 8 bits.
        Assert.NotEqual(Numbers.Of(wanted), Numbers.Of(logits));
        logits.sum().backward();
        Assert.All(network.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.grad!.dtype));
    }

    [Fact]
    public void Statistics_move_with_the_network_to_another_type()
    {
        // The way a network takes to another device too.
        using var scope = NewDisposeScope();
        using var normalisation = new BatchNormalisation("bn", 3);
        normalisation.to(ScalarType.Float64);
        Tensor input = Numbers.Normal(6, ScalarType.Float64, 4, 3, 2, 2);
        normalisation.train();
        normalisation.call(input);
        Assert.Equal(ScalarType.Float64, normalisation.get_buffer("running_mean")!.dtype);
        Numbers.AssertClose(0.1 * input.mean([0, 2, 3]), normalisation.get_buffer("running_mean")!, 1e-12);
    }

    private static StagedNetwork Create(string name, int classes) =>
        NetworkCatalogue.Find(name).Create(classes, new Draws(1));

    /// <summary>Gives every normalisation parameter and statistic a value of its own.</summary>
    private static void MoveStatistics(StagedNetwork network)
    {
        using var noGradient = no_grad();
        ulong seed = 100;
        foreach ((string name, Tensor buffer) in network.named_buffers().Where(named => named.buffer.dim() == 1))
        {
            Tensor values = Numbers.Normal(seed++, ScalarType.Float32, buffer.shape) * 0.2;
            buffer.copy_(name.EndsWith("var", StringComparison.Ordinal) ? values.exp() : values);
        }

        foreach (
            (_, TorchSharp.Modules.Parameter parameter) in network.named_parameters().Where(p => p.parameter.dim() == 1)
        )
        {
            parameter.add_(Numbers.Normal(seed++, ScalarType.Float32, parameter.shape) * 0.2);
        }
    }
}
