using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Counterpoise.Kernels;

/// <summary>What is done to eight channels of a convolution's output before they are written.</summary>
internal interface IEpilogue
{
    /// <param name="value">Eight channels of one pixel.</param>
    /// <param name="at">Their index in the map.</param>
    /// <param name="channel">The first of the channels.</param>
    Vector256<float> Apply<T>(Vector256<float> value, nint at, int channel)
        where T : IElement;
}

/// <summary>The output as it is.</summary>
internal readonly struct Identity : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Apply<T>(Vector256<float> value, nint at, int channel)
        where T : IElement => value;
}

/// <summary>The output and another map.</summary>
/// <param name="added">A map like the output.</param>
internal readonly unsafe struct Sum(byte* added) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Apply<T>(Vector256<float> value, nint at, int channel)
        where T : IElement => value + T.Load(added, at);
}

/// <summary>activation(scale z + shift [+ shortcut]): normalisation with fixed moments and what follows it.</summary>
/// <param name="scale">[channels].</param>
/// <param name="shift">[channels].</param>
/// <param name="shortcut">A map like the output, read where the activation adds.</param>
internal readonly unsafe struct Activated<TActivation>(float* scale, float* shift, byte* shortcut) : IEpilogue
    where TActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Apply<T>(Vector256<float> value, nint at, int channel)
        where T : IElement => Rectifier.Apply(BeforeRectifier<T>(value, at, channel));

    /// <summary>scale z + shift [+ shortcut].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<float> BeforeRectifier<T>(Vector256<float> value, nint at, int channel)
        where T : IElement
    {
        Vector256<float> sum = Vector256.FusedMultiplyAdd(
            value,
            Vector256.Load(scale + channel),
            Vector256.Load(shift + channel)
        );
        return TActivation.Adds ? sum + T.Load(shortcut, at) : sum;
    }
}
