using System.Buffers;
using Counterpoise.Basics;
using Counterpoise.Data.Features;
using Counterpoise.Interop.Onnx;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Counterpoise.Features;

/// <summary>A frozen network in an ONNX file, computed by OnnxRuntime on the CPU.</summary>
public sealed class OnnxExtractor : IFeatureExtractor
{
    /// <summary>The SHA-256 of the network that comes along, of which nothing needs to be seen.</summary>
    private const string KnownDigest = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f";

    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly string[] inputs = [ExtractorGraph.Input];
    private readonly string[] outputs = [ExtractorGraph.Output];

    /// <param name="name">A short name, for people.</param>
    /// <param name="content">The ONNX file.</param>
    /// <param name="preparation">What its images must be like.</param>
    /// <param name="threads">By how many threads at once it is used; null for one a processor.</param>
    /// <exception cref="CounterpoiseException">It is no network that makes one vector of each image, or OnnxRuntime refuses it.</exception>
    public OnnxExtractor(string name, byte[] content, FeaturePreparation preparation, int? threads = null)
        : this(Named(name, content, preparation), threads) { }

    /// <param name="frozen">The network.</param>
    /// <param name="threads">By how many threads at once it is used; null for one a processor.</param>
    /// <exception cref="CounterpoiseException">It does not make one vector of each image, or OnnxRuntime refuses it.</exception>
    internal OnnxExtractor(FrozenNetwork frozen, int? threads = null)
    {
        string name = frozen.Name;
        Name = name;
        ImageSize = frozen.Preparation.Size;
        Identity = frozen.Identity;
        options = new SessionOptions
        {
            // Threads that share a batch wait for each other at every operator, and for those that decode images.
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        Threads = threads ?? Environment.ProcessorCount;
        try
        {
            session = new InferenceSession(ExtractorGraph.Of(frozen).Message.ToByteArray(), options);
            Length = LengthOf(ImageSize);
            if (frozen.Digest != KnownDigest)
            {
                RequireSteady();
            }
        }
        catch (CounterpoiseException)
        {
            Dispose();
            throw;
        }
        catch (FormatException fault)
        {
            Dispose();
            throw new CounterpoiseException($"{name}: cannot make features: {fault.Message}.", fault);
        }
        catch (OnnxRuntimeException failure)
        {
            Dispose();
            throw new CounterpoiseException(
                $"{name}: OnnxRuntime refuses it: {failure.Message.ReplaceLineEndings(" ")}",
                failure
            );
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public int ImageSize { get; }

    /// <inheritdoc/>
    public int Threads { get; }

    /// <inheritdoc/>
    public void Extract(ReadOnlySpan<byte> images, Span<float> features)
    {
        int each = 3 * ImageSize * ImageSize;
        int count = images.Length / each;
        if (images.Length != (long)count * each || features.Length != (long)count * Length)
        {
            throw new ArgumentException(
                $"{images.Length} bytes and {features.Length} numbers are not images of {ImageSize}x{ImageSize} and {Length} numbers for each.",
                nameof(images)
            );
        }

        byte[] pixels = ArrayPool<byte>.Shared.Rent(images.Length);
        float[] numbers = ArrayPool<float>.Shared.Rent(features.Length);
        try
        {
            images.CopyTo(pixels);
            Run(pixels, numbers, count);
            ReadOnlySpan<float> made = numbers.AsSpan(0, features.Length);
            foreach (float number in made)
            {
                if (!float.IsFinite(number))
                {
                    throw new CounterpoiseException(
                        $"{Name}: a feature is {number}, expected a finite number; is the preparation (mean, std, channel order) that of the network?"
                    );
                }
            }

            made.CopyTo(features);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
            ArrayPool<float>.Shared.Return(numbers);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session?.Dispose();
        options.Dispose();
        run.Dispose();
    }

    private static FrozenNetwork Named(string name, byte[] content, FeaturePreparation preparation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(preparation);
        return new FrozenNetwork(name, content, preparation);
    }

    private void Run(byte[] pixels, float[] numbers, int count)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            pixels.AsMemory(0, count * 3 * ImageSize * ImageSize),
            [count, 3, ImageSize, ImageSize]
        );
        using OrtValue output = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            numbers.AsMemory(0, count * Length),
            [count, Length]
        );
        session.Run(run, inputs, [input], outputs, [output]);
    }

    /// <summary>Refuses a network that makes no numbers of two images, or other ones together than of each alone.</summary>
    private void RequireSteady()
    {
        const int images = 2;
        const float tolerance = 1e-3f;
        int each = 3 * ImageSize * ImageSize;
        byte[] noise = new byte[images * each];
        DrawStream draws = new Draws(Seed: 1).At(DrawPurpose.Order, epoch: 0, position: 0);
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = (byte)draws.NextInt(byte.MaxValue + 1);
        }

        float[] together = new float[images * Length];
        Extract(noise, together);
        float largest = together.Max(Math.Abs);
        float[] alone = new float[Length];
        for (int image = 0; image < images; image++)
        {
            Extract(noise.AsSpan(image * each, each), alone);
            float apart = together.Skip(image * Length).Zip(alone, (one, other) => Math.Abs(one - other)).Max();
            if (apart > tolerance * largest)
            {
                throw new CounterpoiseException(
                    $"{Name}: gives features of an image beside another that are up to {apart} from those of the image alone, of {largest} at most; expected the same. Export it in evaluation mode, with a free number of images."
                );
            }
        }
    }

    /// <summary>What two images come to: a network that does not keep them apart is found here.</summary>
    private int LengthOf(int size)
    {
        const int images = 2;
        byte[] grey = new byte[images * 3 * size * size];
        Array.Fill(grey, (byte)128);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(grey, [images, 3, size, size]);
        using IDisposableReadOnlyCollection<OrtValue> given = session.Run(run, inputs, [input], outputs);
        long[] shape = given[0].GetTensorTypeAndShape().Shape;
        return shape is [images, > 0 and < int.MaxValue and var length]
            ? (int)length
            : throw new CounterpoiseException(
                $"{Name}: makes [{string.Join(", ", shape)}] of {images} images, expected one vector of each."
            );
    }
}
