using Counterpoise.Interop.Onnx.Messages;
using static TorchSharp.torch;

namespace Counterpoise.Interop.Onnx;

/// <summary>A value in a graph: an input, a constant or what an operator gives.</summary>
/// <param name="Name">Its name, which no other value of the graph has.</param>
internal readonly record struct OnnxValue(string Name);

/// <summary>An ONNX graph in the making: layers add the operators that compute them.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The free first dimension of inputs and outputs.</summary>
    internal const string Batch = "batch";

    private readonly GraphProto graph;
    private readonly int opset;
    private readonly Dictionary<Tensor, string> names;

    /// <param name="name">The graph's name.</param>
    /// <param name="parameters">The parameters and buffers that keep their names.</param>
    /// <param name="opset">The version of the operators.</param>
    internal OnnxGraph(string name, IReadOnlyDictionary<string, Tensor> parameters, int opset)
    {
        this.opset = opset;
        graph = new GraphProto { Name = name };
        names = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach ((string known, Tensor tensor) in parameters)
        {
            names[tensor] = known;
        }
    }

    /// <summary>The graph so far.</summary>
    internal GraphProto Message => graph;

    /// <summary>Declares what is given to the graph: [batch, ...].</summary>
    internal OnnxValue Input(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> shape)
    {
        graph.Input.Add(Declared(name, type, shape));
        return new OnnxValue(name);
    }

    /// <summary>Declares what the graph gives, [batch, classes] of float32, under a name of its own.</summary>
    internal void Output(OnnxValue value, string name, long classes)
    {
        NodeProto last = graph.Node.Single(node => node.Output[0] == value.Name);
        last.Output[0] = name;
        graph.Output.Add(Declared(name, TensorProto.Types.DataType.Float, [classes]));
    }

    /// <summary>A parameter, a buffer or a number of them, copied.</summary>
    internal OnnxValue Constant(Tensor tensor)
    {
        string name = names.TryGetValue(tensor, out string? known) ? known : $"constant_{graph.Initializer.Count}";
        if (!graph.Initializer.Any(constant => constant.Name == name))
        {
            using Tensor values = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
            graph.Initializer.Add(OnnxTensor.Of(name, values.data<float>().ToArray(), values.shape));
        }

        return new OnnxValue(name);
    }

    /// <summary>A list of whole numbers, which operators take for sizes and axes.</summary>
    internal OnnxValue Constant(params ReadOnlySpan<long> values)
    {
        string name = $"constant_{graph.Initializer.Count}";
        graph.Initializer.Add(OnnxTensor.Of(name, values));
        return new OnnxValue(name);
    }

    /// <summary>A convolution without bias.</summary>
    internal OnnxValue Convolve(OnnxValue map, Tensor weight, int stride, int padding, int groups) =>
        Add(
            "Conv",
            [map, Constant(weight)],
            OnnxAttribute.Of("kernel_shape", weight.shape[2], weight.shape[3]),
            OnnxAttribute.Of("strides", stride, stride),
            OnnxAttribute.Of("pads", padding, padding, padding, padding),
            OnnxAttribute.Of("group", (long)groups)
        );

    /// <summary>Batch normalisation by fixed moments.</summary>
    internal OnnxValue Normalise(
        OnnxValue map,
        (Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance) by,
        double epsilon
    ) =>
        Add(
            "BatchNormalization",
            [map, Constant(by.Weight), Constant(by.Bias), Constant(by.Mean), Constant(by.Variance)],
            OnnxAttribute.Of("epsilon", (float)epsilon)
        );

    internal OnnxValue MaxPool(OnnxValue map, int kernel, int stride, int padding) =>
        Add(
            "MaxPool",
            [map],
            OnnxAttribute.Of("kernel_shape", kernel, kernel),
            OnnxAttribute.Of("strides", stride, stride),
            OnnxAttribute.Of("pads", padding, padding, padding, padding)
        );

    internal OnnxValue AveragePool(OnnxValue map, int kernel, int stride) =>
        Add(
            "AveragePool",
            [map],
            OnnxAttribute.Of("kernel_shape", kernel, kernel),
            OnnxAttribute.Of("strides", stride, stride)
        );

    /// <summary>The mean over all places: [N, C] from [N, C, H, W].</summary>
    internal OnnxValue Pool(OnnxValue map) => Flatten(Add("GlobalAveragePool", [map]));

    internal OnnxValue Relu(OnnxValue value) => Add("Relu", [value]);

    internal OnnxValue LeakyRelu(OnnxValue value, double slope) =>
        Add("LeakyRelu", [value], OnnxAttribute.Of("alpha", (float)slope));

    internal OnnxValue Tanh(OnnxValue value) => Add("Tanh", [value]);

    internal OnnxValue Sqrt(OnnxValue value) => Add("Sqrt", [value]);

    internal OnnxValue Sum(OnnxValue left, OnnxValue right) => Add("Add", [left, right]);

    internal OnnxValue Difference(OnnxValue left, OnnxValue right) => Add("Sub", [left, right]);

    internal OnnxValue Product(OnnxValue left, OnnxValue right) => Add("Mul", [left, right]);

    internal OnnxValue Quotient(OnnxValue left, OnnxValue right) => Add("Div", [left, right]);

    internal OnnxValue AtLeast(OnnxValue value, double least) => Add("Max", [value, Number(least)]);

    internal OnnxValue ToFloat(OnnxValue value) =>
        Add("Cast", [value], OnnxAttribute.Of("to", (long)TensorProto.Types.DataType.Float));

    internal OnnxValue Number(double value) => Constant(tensor((float)value));

    internal OnnxValue Softmax(OnnxValue value, int axis) =>
        Add("Softmax", [value], OnnxAttribute.Of("axis", (long)axis));

    internal OnnxValue Concatenate(params ReadOnlySpan<OnnxValue> values) =>
        Add("Concat", values, OnnxAttribute.Of("axis", 1L));

    internal OnnxValue Flatten(OnnxValue value) => Add("Flatten", [value], OnnxAttribute.Of("axis", 1L));

    internal OnnxValue Transpose(OnnxValue value, params ReadOnlySpan<long> order) =>
        Add("Transpose", [value], OnnxAttribute.Of("perm", order));

    /// <param name="value">Any value.</param>
    /// <param name="shape">Sizes; 0 keeps that of the same place, one -1 takes what is left.</param>
    internal OnnxValue Reshape(OnnxValue value, params ReadOnlySpan<long> shape) =>
        Add("Reshape", [value, Constant(shape)]);

    internal OnnxValue Matrix(OnnxValue left, OnnxValue right) => Add("MatMul", [left, right]);

    /// <summary>x W^T + b of rows x: [N, outputs] from [N, inputs].</summary>
    /// <param name="rows">[N, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    internal OnnxValue Linear(OnnxValue rows, Tensor weight, Tensor? bias) =>
        Add(
            "Gemm",
            bias is null ? [rows, Constant(weight)] : [rows, Constant(weight), Constant(bias)],
            OnnxAttribute.Of("transB", 1L)
        );

    /// <summary>The sum over an axis, which stays with size 1.</summary>
    internal OnnxValue SumOver(OnnxValue value, int axis) => Add("ReduceSum", [value, Constant(axis)]);

    /// <summary>The smallest over an axis, which stays with size 1.</summary>
    internal OnnxValue LeastOver(OnnxValue value, int axis) =>
        opset < OnnxOperators.AxesAreInputsFrom
            ? Add("ReduceMin", [value], OnnxAttribute.Of("axes", [axis]))
            : Add("ReduceMin", [value, Constant(axis)]);

    /// <summary>The Euclidean norm along an axis, which stays with size 1.</summary>
    internal OnnxValue NormOver(OnnxValue value, int axis) => Sqrt(SumOver(Product(value, value), axis));

    /// <summary>Rows along an axis over their Euclidean norms, as PyTorch's <c>normalize</c>: a row of zeros stays as it is.</summary>
    internal OnnxValue Unit(OnnxValue value, int axis) => Quotient(value, AtLeast(NormOver(value, axis), 1e-12));

    /// <summary>Every second pixel of a map, and channels of zeros on both sides.</summary>
    internal OnnxValue HalfWithZeros(OnnxValue map, long channels)
    {
        OnnxValue half = Add(
            "Slice",
            [map, Constant(0, 0), Constant(int.MaxValue, int.MaxValue), Constant(2, 3), Constant(2, 2)]
        );
        return Add("Pad", [half, Constant(0, channels, 0, 0, 0, channels, 0, 0)]);
    }

    private OnnxValue Add(
        string operation,
        ReadOnlySpan<OnnxValue> inputs,
        params ReadOnlySpan<AttributeProto> attributes
    )
    {
        string name = $"{operation}_{graph.Node.Count}";
        var node = new NodeProto { OpType = operation, Name = name };
        foreach (OnnxValue input in inputs)
        {
            node.Input.Add(input.Name);
        }

        foreach (AttributeProto attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        node.Output.Add(name);
        graph.Node.Add(node);
        return new OnnxValue(name);
    }

    private static ValueInfoProto Declared(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = Batch });
        foreach (long size in shape)
        {
            dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions },
            },
        };
    }
}
