using Counterpoise.Data.Pixels;
using Counterpoise.Runtime;
using static TorchSharp.torch;

namespace Counterpoise.Data;

/// <summary>
/// Images that stay on a device as they are stored, with a margin of zeros around each, so that crops are cut there: the
/// same bytes as <see cref="PixelCrop"/> makes on the processor.
/// </summary>
internal sealed class DeviceImages : IDisposable
{
    private const int BytesAtOnce = 64 << 20;
    private readonly PixelSize stored;
    private readonly PixelSize crop;
    private readonly int margin;
    private readonly Tensor pixels;
    private readonly Tensor rows;
    private readonly Tensor columns;

    private DeviceImages(IImageSource images, PixelSize stored, int margin, Device device)
    {
        this.stored = stored;
        this.margin = margin;
        crop = new PixelSize(images.Width, images.Height);
        using var scope = NewDisposeScope();
        pixels = zeros([images.Count, Rows, Columns, 3], ScalarType.Byte, device).DetachFromDisposeScope();
        rows = (arange(crop.Height, ScalarType.Int64, device) * Columns)
            .reshape(1, crop.Height, 1)
            .DetachFromDisposeScope();
        columns = arange(crop.Width, ScalarType.Int64, device).reshape(1, 1, crop.Width).DetachFromDisposeScope();
        Fill(images);
    }

    private int Rows => stored.Height + (2 * margin);

    private int Columns => stored.Width + (2 * margin);

    /// <summary>Whether training images that are changed so can be cut on a device: resizing, and what comes after cropping, is done on the processor.</summary>
    internal static bool CanCut(Augmentation augmentation) =>
        augmentation
            is {
                LeastArea: 0,
                ColourJitter: 0,
                HueJitter: 0,
                AutoAugment: AutoAugmentPolicy.None,
                RandAugment: 0,
                Cutout: 0
            };

    /// <summary>Keeps images on a device.</summary>
    /// <param name="images">The images.</param>
    /// <param name="margin">Zeros on every side, in pixels: as many as crops reach over the images' edges.</param>
    /// <param name="device">The device.</param>
    /// <param name="room">The most bytes that they may take.</param>
    /// <returns>Null where they are decoded from files whenever they are read, have sizes of their own or take more room.</returns>
    internal static DeviceImages? Of(IImageSource images, int margin, Device device, long room) =>
        !images.IsSlow
        && images.Features is null
        && images.Stored is { } stored
        && images.Count * 3L * (stored.Height + (2 * margin)) * (stored.Width + (2 * margin)) <= room
            ? new DeviceImages(images, stored, margin, device)
            : null;

    /// <summary>Where random crops are, of all batches of an epoch.</summary>
    /// <param name="batches">The positions of each batch's images, and how they change.</param>
    /// <returns>In the caller's dispose scope.</returns>
    internal DeviceCuts Cuts(IEnumerable<(int[] Positions, BatchAugmentation Changes)> batches)
    {
        List<long> starts = [];
        List<long> steps = [];
        foreach ((int[] positions, BatchAugmentation changes) in batches)
        {
            for (int i = 0; i < positions.Length; i++)
            {
                CropAndFlip change = changes.At(i, stored.Height - crop.Height, stored.Width - crop.Width);
                Add(positions[i], change, starts, steps);
            }
        }

        return Up(starts, steps);
    }

    /// <summary>The middle of images, as it is tested on.</summary>
    /// <param name="positions">The images.</param>
    /// <returns>In no dispose scope.</returns>
    internal Tensor Middle(IReadOnlyList<int> positions)
    {
        List<long> starts = [];
        List<long> steps = [];
        var change = new CropAndFlip((stored.Height - crop.Height) / 2, (stored.Width - crop.Width) / 2, Flip: false);
        foreach (int position in positions)
        {
            Add(position, change, starts, steps);
        }

        using var scope = NewDisposeScope();
        return Cut(Up(starts, steps), 0, positions.Count).DetachFromDisposeScope();
    }

    /// <summary>Cuts some of an epoch's crops.</summary>
    /// <param name="cuts">Where they are.</param>
    /// <param name="first">The first one's place.</param>
    /// <param name="count">N: their number.</param>
    /// <returns>[N, 3, H, W], uint8, in channels-last order.</returns>
    internal Tensor Cut(DeviceCuts cuts, int first, int count)
    {
        Tensor start = cuts.Starts.narrow(0, first, count).view(count, 1, 1);
        Tensor step = cuts.Steps.narrow(0, first, count).view(count, 1, 1);
        Tensor places = (start + rows).add(step * columns).view(-1);
        return pixels.view(-1, 3).index_select(0, places).view(count, crop.Height, crop.Width, 3).permute(0, 3, 1, 2);
    }

    public void Dispose()
    {
        pixels.Dispose();
        rows.Dispose();
        columns.Dispose();
    }

    private DeviceCuts Up(List<long> starts, List<long> steps) =>
        new(Transfer.Up([.. starts], pixels.device), Transfer.Up([.. steps], pixels.device));

    /// <summary>The place of a crop's first pixel, which is its last in a row that is mirrored, and the way to the next.</summary>
    private void Add(int position, CropAndFlip change, List<long> starts, List<long> steps)
    {
        long row = ((long)position * Rows) + change.Top + margin;
        starts.Add((row * Columns) + change.Left + margin + (change.Flip ? crop.Width - 1 : 0));
        steps.Add(change.Flip ? -1 : 1);
    }

    private void Fill(IImageSource images)
    {
        int atOnce = Math.Max(1, BytesAtOnce / (3 * stored.Height * stored.Width));
        foreach (int[] positions in Enumerable.Range(0, images.Count).Chunk(atOnce))
        {
            using var scope = NewDisposeScope();
            Tensor there = Transfer.Up(images.ReadStored(positions), pixels.device);
            pixels
                .narrow(0, positions[0], positions.Length)
                .narrow(1, margin, stored.Height)
                .narrow(2, margin, stored.Width)
                .copy_(there.permute(0, 2, 3, 1));
        }
    }
}

/// <summary>Where crops are in <see cref="DeviceImages"/>.</summary>
/// <param name="Starts">[N], int64: the place of each crop's first pixel.</param>
/// <param name="Steps">[N], int64: 1, or -1 for a crop that is mirrored.</param>
internal sealed record DeviceCuts(Tensor Starts, Tensor Steps);
