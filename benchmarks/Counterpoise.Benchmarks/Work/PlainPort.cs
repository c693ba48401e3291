using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>
/// The CIFAR residual network as a port from PyTorch to TorchSharp looks: TorchSharp's own modules, float32 maps in
/// row-major order. It is what ours is compared with, and has the same parameters.
/// </summary>
internal sealed class PlainPort : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(16);
    private readonly ReLU relu = nn.ReLU(inplace: true);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear linear;

    internal PlainPort(int depth, int classes)
        : base($"resnet{depth}")
    {
        int blocks = (depth - 2) / 6;
        layer1 = Group(16, 16, blocks);
        layer2 = Group(16, 32, blocks);
        layer3 = Group(32, 64, blocks);
        linear = nn.Linear(64, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        Tensor map = relu.call(bn1.call(conv1.call(input)));
        map = layer3.call(layer2.call(layer1.call(map)));
        return linear.call(map.mean([2, 3]));
    }

    private static Sequential Group(int inputs, int outputs, int blocks) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i => new Block(i == 0 ? inputs : outputs, outputs)));

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly ReLU relu = nn.ReLU(inplace: true);
        private readonly int padding;

        internal Block(int inputs, int outputs)
            : base("block")
        {
            padding = (outputs - inputs) / 2;
            conv1 = nn.Conv2d(inputs, outputs, 3, stride: outputs / inputs, padding: 1, bias: false);
            bn1 = nn.BatchNorm2d(outputs);
            conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor output = bn2.call(conv2.call(relu.call(bn1.call(conv1.call(input)))));
            return relu.call(output + Shortcut(input));
        }

        private Tensor Shortcut(Tensor input) =>
            padding == 0
                ? input
                : nn.functional.pad(
                    input[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)],
                    [0, 0, 0, 0, padding, padding]
                );
    }
}
