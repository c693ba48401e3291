using Counterpoise.Data;
using Counterpoise.Features;
using Counterpoise.Interop.Onnx;
using Counterpoise.Interop.Onnx.Messages;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Counterpoise.Benchmarks.Work;

/// <summary>The frozen ResNet-18 by OnnxRuntime as it is by default, on one batch of prepared images again and again.</summary>
internal sealed class RuntimeAlone : IDisposable
{
    private const int Batch = 32;

    private readonly SessionOptions options;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly string input;
    private readonly OrtValue images;

    internal RuntimeAlone(int size, int threads)
    {
        Size = size;
        ModelProto model = ExtractorGraph
            .Of(FeatureExtractors.Find(new DataSettings { Features = FeatureExtractors.ResNet18, ImageSize = size }))
            .Message;
        input = Unprepared(model.Graph);
        options = new SessionOptions { IntraOpNumThreads = threads };
        session = new InferenceSession(model.ToByteArray(), options);
        float[] numbers = new float[Batch * 3 * size * size];
        var random = new Random(1);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = random.Next(256) - 128;
        }

        images = OrtValue.CreateTensorValueFromMemory(numbers, [Batch, 3, size, size]);
    }

    /// <summary>Height and width of the images, in pixels.</summary>
    internal int Size { get; }

    internal void Run(int count)
    {
        for (int done = 0; done < count; done += Batch)
        {
            using IDisposableReadOnlyCollection<OrtValue> features = session.Run(
                run,
                [input],
                [images],
                [ExtractorGraph.Output]
            );
        }
    }

    public void Dispose()
    {
        images.Dispose();
        run.Dispose();
        session.Dispose();
        options.Dispose();
    }

    /// <summary>Takes away what turns bytes into what the network was trained on.</summary>
    /// <returns>The name of what it takes then.</returns>
    private static string Unprepared(GraphProto graph)
    {
        string taken = graph.Node[1].Output[0];
        graph.Node.RemoveAt(1);
        graph.Node.RemoveAt(0);
        graph.Input[0].Name = taken;
        graph.Input[0].Type.TensorType.ElemType = TensorProto.Types.DataType.Float;
        return taken;
    }
}
