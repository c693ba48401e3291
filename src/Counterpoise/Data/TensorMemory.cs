using TorchSharp;

namespace Counterpoise.Data;

/// <summary>The bytes of a contiguous uint8 tensor on the CPU, however many: a span ends at 2 GB, an address does not.</summary>
internal static class TensorMemory
{
    /// <summary>The address of the first byte. It stays valid for as long as the tensor lives.</summary>
    public static unsafe byte* Address(torch.Tensor tensor)
    {
        if (tensor.dtype != torch.uint8 || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
        {
            throw new ArgumentException("The tensor must be uint8, contiguous and on the CPU.", nameof(tensor));
        }

        if (tensor.numel() == 0)
        {
            return null;
        }

        using torch.Tensor flat = tensor.view(-1);
        using torch.Tensor first = flat.narrow(0, 0, 1);

        // The memory is native, so nothing moves it once the pin is gone.
        fixed (byte* address = first.bytes)
        {
            return address;
        }
    }
}
