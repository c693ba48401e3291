using System.Runtime.InteropServices;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Recipes;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class MemoryShortageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(
        6,
        "there is not enough memory on cpu for batches of 16 images of 32x32 (small); 4 fit: set training.batch_size=4"
    )]
    [InlineData(0, "not even one image fits; use a smaller model or image size")]
    public void A_lack_of_memory_names_the_batch_and_what_fits(int most, string expected)
    {
        Recipe plain = SmallTraining.Recipe("erm", epochs: 2);
        Recipe recipe = plain
            .With(
                new NetworkDescription("small", "one layer that takes few images", 10, ["input", "layer1"], 8)
                {
                    Build = (classes, draws) => new Small(classes, draws, most),
                    HasLastBlock = false,
                }
            )
            .Resolve();
        using ImageData images = SyntheticImages.Open(0, trainPerClass: 10, testPerClass: 2);

        CounterpoiseException failure = Assert.Throws<CounterpoiseException>(() =>
            SmallTraining.Train(folder["run"], recipe, images)
        );

        Assert.Contains(expected, failure.Message);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB.", true)]
    [InlineData("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate", true)]
    [InlineData("std::bad_alloc", true)]
    [InlineData("The size of tensor a (3) must match the size of tensor b (4)", false)]
    public void What_libtorch_says_of_memory_is_known(string message, bool isShortage)
    {
        Assert.Equal(isShortage, MemoryShortage.Is(Failure(message)));
        Assert.False(MemoryShortage.Is(new InvalidOperationException(message)));
    }

    /// <summary>As libtorch's failures come through; only the runtime is to make such by its constructor.</summary>
    private static Exception Failure(string message) =>
        (Exception)Activator.CreateInstance(typeof(ExternalException), message)!;

    private sealed class Small : StagedNetwork
    {
        private readonly Conv2d convolution = nn.Conv2d(3, 8, 3, 2);
        private readonly int most;

        internal Small(int classes, Draws draws, int most)
            : base("small", ["input", "layer1"])
        {
            this.most = most;
            register_module("convolution", convolution);
            Head = new LinearHead(Features, classes);
            Initialisation.Kaiming(this, draws);
        }

        public override int Features => 8;

        protected override Tensor RunStage(int stage, Tensor map) =>
            map.shape[0] <= most
                ? convolution.call(map)
                : throw Failure("CUDA out of memory. Tried to allocate 2.00 GiB.");
    }
}
