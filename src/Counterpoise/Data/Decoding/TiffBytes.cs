using BitMiracle.LibTiff.Classic;

namespace Counterpoise.Data.Decoding;

/// <summary>A file's bytes as LibTiff reads them.</summary>
/// <param name="content">The bytes, which stay where they are meanwhile.</param>
/// <param name="length">Their number.</param>
internal sealed unsafe class TiffBytes(byte* content, int length) : TiffStream
{
    private long position;

    /// <inheritdoc/>
    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        int there = (int)Math.Clamp(length - position, 0, count);
        new ReadOnlySpan<byte>(content + position, there).CopyTo(buffer.AsSpan(offset));
        position += there;
        return there;
    }

    /// <inheritdoc/>
    public override void Write(object clientData, byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A file that is decoded is not written.");

    /// <inheritdoc/>
    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        long start = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => position,
            _ => length,
        };
        position = Math.Clamp(start + offset, 0, length);
        return position;
    }

    /// <inheritdoc/>
    public override void Close(object clientData) { }

    /// <inheritdoc/>
    public override long Size(object clientData) => length;
}
