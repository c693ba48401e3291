using Counterpoise.Basics;
using Counterpoise.Benchmarks.Measuring;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Networks;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Benchmarks.Work;

/// <summary>Reads an epoch of image files, augmented and normalised, a turn.</summary>
internal sealed class DecodeJob : IJob
{
    internal const string Name = "decode";
    internal const string Stream = "stream";
    internal const string StreamSmall = "stream small";
    internal const string Packed = "packed";
    private const int BatchSize = 64;
    private const int Size = 224;
    private const int Resize = 256;
    private const int SmallSize = 56;
    private const int SmallResize = 64;

    private readonly string data;
    private readonly InputPipeline input;
    private readonly Dictionary<string, ImageData> opened = [];
    private int epoch;

    internal DecodeJob(WorkerSettings settings)
    {
        Allocator.KeepFreedMemory();
        set_num_threads(settings.Threads);
        data = settings.Data!;
        input = new InputPipeline(Normalisation.Cifar, settings.Execution with { Precision = Precision.Fp32 });
    }

    public Turn Run(string turn)
    {
        if (!opened.TryGetValue(turn, out ImageData? images))
        {
            opened[turn] = images = Open(turn);
        }

        return Turn.Measure(images.Train.Count, () => Read(images.Train));
    }

    public void Dispose()
    {
        input.Dispose();
        foreach (ImageData images in opened.Values)
        {
            images.Dispose();
        }
    }

    private ImageData Open(string turn)
    {
        var options = new OpenOptions
        {
            ImageSize = Size,
            Resize = Resize,
            Store = ImageStore.Stream,
        };
        if (turn == Stream)
        {
            return ImageDataSource.Open(data, options);
        }

        if (turn == StreamSmall)
        {
            return ImageDataSource.Open(data, options with { ImageSize = SmallSize, Resize = SmallResize });
        }

        string file = Path.Combine(data, "images.pack");
        ImageDataSource.Pack(data, file, options);
        return ImageDataSource.Open(file, options);
    }

    private void Read(IImageSource images)
    {
        var draws = new Draws(1);
        int place = 0;
        epoch++;
        var requests = draws.At(DrawPurpose.Order, epoch).Permutation(images.Count).Chunk(BatchSize);
        var batches = ReadAhead.Of(
            requests.Select((positions, i) => (positions, place: (long)i * BatchSize)),
            request =>
                images
                    .Read(
                        request.positions,
                        new BatchAugmentation(new Augmentation(0, true), draws, epoch, request.place)
                    )
                    .DetachFromDisposeScope(),
            images.IsSlow,
            unread => unread.Dispose()
        );
        foreach (Tensor batch in batches)
        {
            using var scope = NewDisposeScope();
            using Tensor pixels = batch;
            place += (int)input.Prepare(pixels).shape[0];
            Allocator.FreeNativeNumbers();
        }

        if (place != images.Count)
        {
            throw new InvalidOperationException($"{place} of {images.Count} images were read.");
        }
    }
}
