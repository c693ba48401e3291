using Counterpoise.Data.Listings;

namespace Counterpoise.Data.Formats;

/// <summary>CIFAR-10 and CIFAR-100, in the folder or the archive that is published.</summary>
internal sealed class CifarFormat() : DataFormat("a CIFAR-10 or CIFAR-100 folder (binary version) or its .tar.gz")
{
    /// <inheritdoc/>
    internal override ImageData? Open(string data, OpenOptions options)
    {
        if (Find(data) is not { } files)
        {
            return null;
        }

        RequireSize($"{data}: {files.Layout.Title}", CifarLayout.Size, options);
        return Cifar.Read(files);
    }

    /// <inheritdoc/>
    internal override DataSurvey? Survey(string data, OpenOptions options) =>
        Find(data) is null ? null : DataSurvey.OfSide(32);

    private static CifarFiles? Find(string data) =>
        Directory.Exists(data) ? Cifar.Find(data)
        : ArchiveKind.IsRead(data) ? CifarFiles.InArchive(data)
        : null;
}
