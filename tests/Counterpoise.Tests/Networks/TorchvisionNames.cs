namespace Counterpoise.Tests.Networks;

/// <summary>Names and shapes of torchvision's networks for images of 224, by the rules that they are built by.</summary>
internal static class TorchvisionNames
{
    /// <param name="blocks">Blocks of each of the four layers.</param>
    /// <param name="isBottleneck">Whether blocks have three convolutions.</param>
    /// <param name="groups">Groups of the middle one.</param>
    /// <param name="groupWidth">Their width where there are 64 channels.</param>
    public static Dictionary<string, long[]> ResNet(
        int[] blocks,
        bool isBottleneck = false,
        int groups = 1,
        int groupWidth = 64
    )
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal) { ["conv1.weight"] = [64, 3, 7, 7] };
        Norm(shapes, "bn1", 64);
        long before = 64;
        for (int layer = 0; layer < 4; layer++)
        {
            long channels = 64 << layer;
            long width = channels * groupWidth / 64 * groups;
            long after = isBottleneck ? 4 * channels : channels;
            for (int i = 0; i < blocks[layer]; i++)
            {
                string block = $"layer{layer + 1}.{i}";
                long[][] convolutions = isBottleneck
                    ?
                    [
                        [width, before, 1, 1],
                        [width, width / groups, 3, 3],
                        [after, width, 1, 1],
                    ]
                    :
                    [
                        [channels, before, 3, 3],
                        [channels, channels, 3, 3],
                    ];
                foreach ((int number, long[] shape) in convolutions.Index())
                {
                    shapes[$"{block}.conv{number + 1}.weight"] = shape;
                    Norm(shapes, $"{block}.bn{number + 1}", shape[0]);
                }

                if (i == 0 && (layer > 0 || before != after))
                {
                    shapes[$"{block}.downsample.0.weight"] = [after, before, 1, 1];
                    Norm(shapes, $"{block}.downsample.1", after);
                }

                before = after;
            }
        }

        shapes["fc.weight"] = [1000, before];
        shapes["fc.bias"] = [1000];
        return shapes;
    }

    public static Dictionary<string, long[]> DenseNet121()
    {
        int[] blocks = [6, 12, 24, 16];
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["features.conv0.weight"] = [64, 3, 7, 7],
        };
        Norm(shapes, "features.norm0", 64);
        long channels = 64;
        for (int block = 0; block < blocks.Length; block++)
        {
            for (int layer = 0; layer < blocks[block]; layer++, channels += 32)
            {
                string name = $"features.denseblock{block + 1}.denselayer{layer + 1}";
                Norm(shapes, $"{name}.norm1", channels);
                shapes[$"{name}.conv1.weight"] = [128, channels, 1, 1];
                Norm(shapes, $"{name}.norm2", 128);
                shapes[$"{name}.conv2.weight"] = [32, 128, 3, 3];
            }

            if (block < 3)
            {
                Norm(shapes, $"features.transition{block + 1}.norm", channels);
                shapes[$"features.transition{block + 1}.conv.weight"] = [channels / 2, channels, 1, 1];
                channels /= 2;
            }
        }

        Norm(shapes, "features.norm5", channels);
        shapes["classifier.weight"] = [1000, channels];
        shapes["classifier.bias"] = [1000];
        return shapes;
    }

    private static void Norm(Dictionary<string, long[]> shapes, string name, long channels)
    {
        foreach (string part in new[] { "weight", "bias", "running_mean", "running_var" })
        {
            shapes[$"{name}.{part}"] = [channels];
        }

        shapes[$"{name}.num_batches_tracked"] = [];
    }
}
