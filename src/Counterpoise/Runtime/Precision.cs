namespace Counterpoise.Runtime;

/// <summary>The precision of the network's computation; parameters are float32 always.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the processor computes with it faster than with float32, float32 elsewhere.</summary>
    Auto,

    /// <summary>float32.</summary>
    Fp32,

    /// <summary>bfloat16 features and products, float32 statistics, logits and parameters.</summary>
    Bf16,
}
