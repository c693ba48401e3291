using BitMiracle.LibTiff.Classic;

namespace Counterpoise.Data.Decoding;

/// <summary>Keeps LibTiff from printing what it finds wrong in our files; those of others keep their handler.</summary>
/// <param name="others">The handler that was there before.</param>
internal sealed class TiffErrors(TiffErrorHandler others) : TiffErrorHandler
{
    /// <summary>The client data that files of this library are opened with.</summary>
    internal static object Ours { get; } = new();

    /// <summary>Takes the place of the process's handler.</summary>
    internal static void Install() =>
        Tiff.SetErrorHandler(new TiffErrors(Tiff.SetErrorHandler(new TiffErrorHandler())));

    /// <inheritdoc/>
    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (tif?.Clientdata() != Ours)
        {
            others.ErrorHandler(tif, method, format, args);
        }
    }

    /// <inheritdoc/>
    public override void ErrorHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args
    )
    {
        if (clientData != Ours)
        {
            others.ErrorHandlerExt(tif, clientData, method, format, args);
        }
    }

    /// <inheritdoc/>
    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (tif?.Clientdata() != Ours)
        {
            others.WarningHandler(tif, method, format, args);
        }
    }

    /// <inheritdoc/>
    public override void WarningHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args
    )
    {
        if (clientData != Ours)
        {
            others.WarningHandlerExt(tif, clientData, method, format, args);
        }
    }
}
