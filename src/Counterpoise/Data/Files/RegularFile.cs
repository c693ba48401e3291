using System.Text;

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

    /// <summary>The bytes of a file; none of a pipe or a device.</summary>
    internal static Stream Open(string path) => LengthOf(path) > 0 ? File.OpenRead(path) : Stream.Null;

    /// <summary>The lines of a file; none of a pipe or a device.</summary>
    internal static IEnumerable<string> Lines(string path, Encoding? encoding = null) =>
        LengthOf(path) > 0 ? File.ReadLines(path, encoding ?? Encoding.UTF8) : [];
}
