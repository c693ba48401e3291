using System.Buffers;
using Counterpoise.Basics;
using Counterpoise.Results.Export;
using Microsoft.ML.OnnxRuntime;

namespace Counterpoise.Serving;

/// <summary>A classifier that OnnxRuntime computes, on the CPU. It may be used by several threads at once.</summary>
public sealed class OnnxClassifier : IDisposable
{
    private readonly OnnxModel model;
    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly string[] inputs;
    private readonly string[] outputs;

    /// <param name="model">The model, which was checked when it was read.</param>
    /// <param name="threads">Threads that compute one batch; null for one a processor.</param>
    /// <exception cref="CounterpoiseException">OnnxRuntime refuses the model.</exception>
    public OnnxClassifier(OnnxModel model, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        inputs = [model.InputName];
        outputs = [model.OutputName];
        options = new SessionOptions
        {
            IntraOpNumThreads = threads ?? Environment.ProcessorCount,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that spin between batches would take the processors from those that decode the next images.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            session = new InferenceSession(model.Content, options);
        }
        catch (OnnxRuntimeException failure)
        {
            Dispose();
            throw new CounterpoiseException(
                $"OnnxRuntime refuses the model: {failure.Message.ReplaceLineEndings(" ")} Export the run again.",
                failure
            );
        }
    }

    /// <summary>What the classifier is.</summary>
    public ClassifierDescription Description => model.Classifier;

    /// <summary>Classifies images.</summary>
    /// <param name="pixels">[count, 3, size, size], red, green and blue from 0 to 255, one image after the other.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="probabilities">[count, classes], from 0 to 1, written.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no images, or one of the arrays is too small for them.</exception>
    public void Classify(byte[] pixels, int count, float[] probabilities)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int classes = Description.Classes.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(
            pixels.Length,
            (long)count * Description.Images.Bytes,
            nameof(pixels)
        );
        ArgumentOutOfRangeException.ThrowIfLessThan(probabilities.Length, (long)count * classes, nameof(probabilities));
        using OrtValue output = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            probabilities.AsMemory(0, count * classes),
            [count, classes]
        );
        if (model.TakesPixels)
        {
            Run(pixels, count, output);
        }
        else
        {
            float[] images = ArrayPool<float>.Shared.Rent(count * Description.Images.Bytes);
            Normalise(pixels, count, images);
            Run(images, count, output);
            ArrayPool<float>.Shared.Return(images);
        }

        if (!model.GivesProbabilities)
        {
            for (int image = 0; image < count; image++)
            {
                Softmax(probabilities.AsSpan(image * classes, classes));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        session?.Dispose();
        options.Dispose();
        run.Dispose();
    }

    private void Run<T>(T[] images, int count, OrtValue output)
        where T : unmanaged
    {
        int size = Description.Images.Size;
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            images.AsMemory(0, count * Description.Images.Bytes),
            [count, 3, size, size]
        );
        session.Run(run, inputs, [input], outputs, [output]);
    }

    private void Normalise(byte[] pixels, int count, float[] images)
    {
        int each = Description.Images.Bytes;
        for (int image = 0; image < count; image++)
        {
            Description.Images.Normalise(pixels.AsSpan(image * each, each), images.AsSpan(image * each, each));
        }
    }

    private static void Softmax(Span<float> row)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in row)
        {
            largest = MathF.Max(largest, logit);
        }

        double total = 0;
        foreach (ref float value in row)
        {
            value = MathF.Exp(value - largest);
            total += value;
        }

        foreach (ref float value in row)
        {
            value = (float)(value / total);
        }
    }
}
