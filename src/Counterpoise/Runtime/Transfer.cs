using TorchSharp;
using static TorchSharp.torch;

namespace Counterpoise.Runtime;

/// <summary>
/// The one way of numbers to a run's device and back, which counts them: on a GPU whoever reads waits until all that was
/// asked of it is done.
/// </summary>
internal static class Transfer
{
    private static long uploads;
    private static long reads;

    /// <summary>How often numbers went to a device so far, in this process.</summary>
    internal static long Uploads => Interlocked.Read(ref uploads);

    /// <summary>How often numbers were read from a device so far, in this process.</summary>
    internal static long Reads => Interlocked.Read(ref reads);

    /// <summary>Numbers as a tensor [N] on a device.</summary>
    internal static Tensor Up(long[] numbers, Device device) => Up(tensor(numbers), device);

    /// <inheritdoc cref="Up(long[], Device)"/>
    internal static Tensor Up(float[] numbers, Device device) => Up(tensor(numbers), device);

    /// <inheritdoc cref="Up(long[], Device)"/>
    internal static Tensor Up(bool[] numbers, Device device) => Up(tensor(numbers), device);

    /// <summary>A tensor on a device, without waiting: from pinned memory, which libtorch keeps until it was copied.</summary>
    /// <param name="host">On the CPU; where that is the device, it is what comes back.</param>
    /// <param name="device">The device.</param>
    internal static Tensor Up(Tensor host, Device device)
    {
        Interlocked.Increment(ref uploads);
        if (device.type == DeviceType.CPU)
        {
            return host;
        }

        using Tensor pinned = host.pin_memory();
        return pinned.to(device, non_blocking: true);
    }

    /// <summary>The numbers of a tensor.</summary>
    /// <param name="tensor">Of any shape, on any device.</param>
    internal static T[] Down<T>(Tensor tensor)
        where T : unmanaged
    {
        Interlocked.Increment(ref reads);
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<T>().ToArray();
    }

    /// <summary>The only number of a tensor.</summary>
    internal static T Number<T>(Tensor tensor)
        where T : unmanaged
    {
        Interlocked.Increment(ref reads);
        return tensor.item<T>();
    }
}
