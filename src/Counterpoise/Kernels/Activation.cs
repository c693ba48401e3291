using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Counterpoise.Kernels;

/// <summary>What follows a normalisation, known when the code is compiled.</summary>
internal interface IActivation
{
    /// <summary>Whether a shortcut is added before the rectifier.</summary>
    static abstract bool Adds { get; }
}

/// <summary>max(0, z).</summary>
internal readonly struct Rectified : IActivation
{
    public static bool Adds => false;
}

/// <summary>max(0, z + shortcut).</summary>
internal readonly struct RectifiedSum : IActivation
{
    public static bool Adds => true;
}

/// <summary>max(0, z), which keeps NaN, so that the loss shows it.</summary>
internal static class Rectifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Apply(Vector256<float> sum) => Avx.Max(Vector256<float>.Zero, sum);
}
