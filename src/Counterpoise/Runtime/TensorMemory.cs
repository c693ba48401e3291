using TorchSharp;

namespace Counterpoise.Runtime;

/// <summary>The memory of a contiguous tensor on the CPU, however large: a span ends at 2^31 bytes, an address does not.</summary>
internal static class TensorMemory
{
    /// <summary>The address of the first number; null for no numbers. It stays valid for as long as somebody holds the tensor.</summary>
    /// <param name="tensor">Contiguous, on the CPU.</param>
    /// <param name="type">What it must hold.</param>
    /// <exception cref="ArgumentException">It is of another type, not contiguous or not on the CPU.</exception>
    public static unsafe byte* Address(torch.Tensor tensor, torch.ScalarType type)
    {
        if (tensor.dtype != type || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
        {
            throw new ArgumentException(
                $"The tensor is {tensor.dtype} on {tensor.device_type}, expected {type}, contiguous, on CPU.",
                nameof(tensor)
            );
        }

        if (tensor.numel() == 0)
        {
            return null;
        }

        using torch.Tensor first = tensor.as_strided([1], [1], tensor.storage_offset());

        // The memory is native, so nothing moves it once the pin is gone.
        fixed (byte* address = first.bytes)
        {
            return address;
        }
    }
}
