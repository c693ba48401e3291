namespace Counterpoise.Interop.Onnx;

/// <summary>How a network is written as ONNX.</summary>
public sealed record OnnxOptions
{
    /// <summary>The first version of ONNX's operators that can be written.</summary>
    public const int LeastOpset = 17;

    /// <summary>The last version of ONNX's operators that can be written.</summary>
    public const int LastOpset = 23;

    /// <summary>The version of ONNX's operators, from <see cref="LeastOpset"/> to <see cref="LastOpset"/>; older programs read older ones.</summary>
    public int Opset { get; init; } = LeastOpset;

    /// <summary>Whether batch normalisation after a convolution becomes part of it: fewer operators, equal within rounding.</summary>
    public bool FoldBatchNormalisation { get; init; }

    /// <summary>Whether the graph takes pixels, [N, 3, H, W] of uint8, and normalises them itself; otherwise normalised float32.</summary>
    public bool IncludeNormalisation { get; init; }

    /// <summary>Whether the graph gives probabilities; otherwise logits.</summary>
    public bool IncludeSoftmax { get; init; }
}
