using Counterpoise.Data.Pixels;

namespace Counterpoise.Data;

/// <summary>Cuts what the network gets out of a resized image: the one place where training images are changed.</summary>
internal static unsafe class PixelCrop
{
    /// <summary>Copies a crop, or resizes a part to it, by the augmentation's draws or, without one, copies the middle.</summary>
    /// <param name="source">[3, stored.Height, stored.Width].</param>
    /// <param name="stored">The image's size.</param>
    /// <param name="target">[3, size.Height, size.Width], written.</param>
    /// <param name="size">The crop's size.</param>
    /// <param name="augmentation">Random changes, or null.</param>
    /// <param name="index">The example's place in the batch.</param>
    internal static void Copy(
        byte* source,
        PixelSize stored,
        byte* target,
        PixelSize size,
        BatchAugmentation? augmentation,
        int index
    )
    {
        var crop = new Span<byte>(target, 3 * size.Height * size.Width);
        if (augmentation is { Augmentation: { LeastArea: > 0, FromOriginals: false } } changes)
        {
            ImageResize.PartToPlanes(source, stored, changes.PartAt(index, stored), size, crop);
            Mirror(crop, size, changes.At(index).Flip);
        }
        else
        {
            (int rows, int columns) = (stored.Height - size.Height, stored.Width - size.Width);
            CropAndFlip change =
                augmentation?.At(index, rows, columns) ?? new CropAndFlip(rows / 2, columns / 2, false);
            Copy(source, stored, target, size, change);
        }

        augmentation?.Finish(crop, size, index);
    }

    private static void Mirror(Span<byte> crop, PixelSize size, bool flip)
    {
        for (int row = 0; flip && row < 3 * size.Height; row++)
        {
            crop.Slice(row * size.Width, size.Width).Reverse();
        }
    }

    private static void Copy(byte* source, PixelSize stored, byte* target, PixelSize size, CropAndFlip change)
    {
        if (stored == size && change == default)
        {
            long bytes = 3L * size.Height * size.Width;
            Buffer.MemoryCopy(source, target, bytes, bytes);
            return;
        }

        int skipped = Math.Clamp(-change.Left, 0, size.Width);
        int first = Math.Clamp(change.Left, 0, stored.Width);
        int copied = Math.Clamp(Math.Min(change.Left + size.Width, stored.Width) - first, 0, size.Width - skipped);
        for (int row = 0; row < 3 * size.Height; row++)
        {
            int channel = row / size.Height;
            int from = row - (channel * size.Height) + change.Top;
            Span<byte> to = new(target + ((long)row * size.Width), size.Width);
            if ((uint)from >= (uint)stored.Height)
            {
                to.Clear();
                continue;
            }

            byte* line = source + ((((long)channel * stored.Height) + from) * stored.Width) + first;
            to[..skipped].Clear();
            new ReadOnlySpan<byte>(line, copied).CopyTo(to[skipped..]);
            to[(skipped + copied)..].Clear();
            if (change.Flip)
            {
                to.Reverse();
            }
        }
    }
}
