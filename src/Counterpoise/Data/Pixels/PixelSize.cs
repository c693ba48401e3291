namespace Counterpoise.Data.Pixels;

/// <summary>Width and height in pixels.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct PixelSize(int Width, int Height)
{
    /// <summary>Such as <c>640x480</c>: width first.</summary>
    public override string ToString() => $"{Width}x{Height}";
}
