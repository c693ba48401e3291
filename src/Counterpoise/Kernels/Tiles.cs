namespace Counterpoise.Kernels;

/// <summary>The 4x4 tiles that cover a batch of maps; those at the right and the lower border may reach over it.</summary>
internal readonly record struct Tiles(MapShape Shape)
{
    /// <summary>Height and width of a tile, in pixels.</summary>
    internal const int Size = 4;

    private int Down => (Shape.Height + Size - 1) / Size;

    /// <summary>How many tiles make a row of them.</summary>
    internal int Across => (Shape.Width + Size - 1) / Size;

    /// <summary>How many rows of tiles the batch has.</summary>
    internal int Rows => Shape.Images * Down;

    /// <summary>Where a tile begins.</summary>
    internal (int Image, int Top, int Left) this[int tile]
    {
        get
        {
            (int row, int column) = Math.DivRem(tile, Across);
            (int image, int down) = Math.DivRem(row, Down);
            return (image, down * Size, column * Size);
        }
    }
}
