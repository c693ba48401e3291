using Counterpoise.Data;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using Counterpoise.Tests.Data;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Networks;

public sealed class InputPipelineTests
{
    [Theory]
    [InlineData(Precision.Fp32, ScalarType.Float32)]
    [InlineData(Precision.Bf16, ScalarType.BFloat16)]
    public void Every_byte_is_normalised_by_its_channel_and_put_beside_the_pixels_other_channels(
        Precision precision,
        ScalarType type
    )
    {
        using var scope = NewDisposeScope();
        var normalisation = new Normalisation([0.4f, 0.5f, 0.3f], [0.2f, 0.25f, 0.31f]);
        using var input = new InputPipeline(normalisation, new Execution(2, "cpu", precision));
        using InMemoryImages images = TestImages.Random(3, 16, 16, 2);
        Tensor bytes = images.Read([2, 0, 1]);

        Tensor found = input.Prepare(bytes);

        Assert.Equal([3, 3, 16, 16], found.shape);
        Assert.Equal(type, found.dtype);
        Assert.True(found.permute(0, 2, 3, 1).is_contiguous());
        double rounding = type == ScalarType.Float32 ? 1e-6 : 1.0 / 256;
        for (int n = 0; n < 3; n++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int pixel = 0; pixel < 256; pixel++)
                {
                    double value = bytes[n, c, pixel / 16, pixel % 16].item<byte>() / 255.0;
                    double wanted = (value - normalisation.Mean[c]) / normalisation.Std[c];
                    Assert.Equal(
                        wanted,
                        found[n, c, pixel / 16, pixel % 16].to(ScalarType.Float32).item<float>(),
                        rounding * Math.Max(1, Math.Abs(wanted))
                    );
                }
            }
        }
    }
}
