namespace Counterpoise.Data.Files;

/// <summary>Files as they lie on a disk: pipes and devices, which may never end, have no length.</summary>
internal static class RegularFile
{
    /// <summary>The length of a file, or of what a link leads to; 0 of a pipe, of a device and of an empty file.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    internal static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.Length
            : file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length
            : 0;
    }
}
