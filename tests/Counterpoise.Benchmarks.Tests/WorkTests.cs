using Counterpoise.Basics;
using Counterpoise.Benchmarks.Work;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Tests;

public sealed class WorkTests
{
    [Fact]
    public void A_resnet32_takes_137_725_184_operations_to_classify_an_image()
    {
        // 3x3 convolutions: channels in * channels out * 9 * pixels out.
        const long stem = 3 * 16 * 9 * 32 * 32;
        const long layer1 = 10 * (16 * 16 * 9 * 32 * 32);
        const long layer2 = (16 * 32 * 9 * 16 * 16) + (9 * (32 * 32 * 9 * 16 * 16));
        const long layer3 = (32 * 64 * 9 * 8 * 8) + (9 * (64 * 64 * 9 * 8 * 8));
        const long classifier = 64 * 10;

        Assert.Equal(2 * (stem + layer1 + layer2 + layer3 + classifier), FlopCount.Forward(32, 10));
        Assert.Equal(137_725_184, FlopCount.Forward(32, 10));
        Assert.Equal(3 * 137_725_184, FlopCount.Training(32, 10));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    public void The_count_is_that_of_the_convolutions_that_run(int depth)
    {
        using var network = new PlainPort(depth, 10);
        using var scope = NewDisposeScope();
        long products = 64 * 10;
        foreach ((_, nn.Module module) in network.named_modules())
        {
            if (module is TorchSharp.Modules.Conv2d convolution)
            {
                convolution.register_forward_hook(
                    (layer, _, output) =>
                    {
                        products += layer.parameters().Single().numel() * output.shape[2] * output.shape[3];
                        return output;
                    }
                );
            }
        }

        network.eval();
        _ = network.call(zeros(1, 3, 32, 32));

        Assert.Equal(2 * products, FlopCount.Forward(depth, 10));
    }

    [Fact]
    public void The_plain_port_of_resnet32_has_464_154_parameters()
    {
        using var port = new PlainPort(32, 10);

        Assert.Equal(464_154, port.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void The_plain_port_computes_what_our_network_computes()
    {
        using var scope = NewDisposeScope();
        using StagedNetwork ours = NetworkCatalogue.Find("resnet8").Create(5, new Draws(1));
        using var port = new PlainPort(8, 5);
        using (no_grad())
        {
            var parameters = ours.named_parameters().ToDictionary(named => named.name, named => named.parameter);
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in port.named_parameters())
            {
                parameter.copy_(parameters[name]);
            }
        }

        Tensor images = randn(4, 3, 32, 32);

        Assert.True(allclose(ours.call(images), port.call(images), rtol: 1e-3, atol: 1e-4));
    }

    [Fact]
    public void Files_in_the_layout_of_cifar_hold_the_generated_images()
    {
        using var folder = new TemporaryFolder();
        int[] counts = Workload.Of(quick: true).EpochCounts;
        using ImageData written = GeneratedImages.DataSet(counts, 7);

        GeneratedImages.WriteCifar(folder.Path, counts, 7);

        using ImageData read = ImageDataSource.Open(folder.Path);
        Assert.Equal(written.Train.Labels, read.Train.Labels);
        using Tensor expected = written.Train.Read([0, 20, written.Train.Count - 1]);
        using Tensor actual = read.Train.Read([0, 20, written.Train.Count - 1]);
        Assert.True(expected.equal(actual).all().item<bool>());
    }

    [Fact]
    public void An_epoch_has_the_images_of_long_tailed_cifar10() =>
        Assert.Equal(12_406, Workload.Of(quick: false).EpochCounts.Sum());
}
