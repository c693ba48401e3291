namespace Counterpoise.Basics;

/// <summary>Turns the operating system's refusals into errors that say what to do.</summary>
internal static class FileFailure
{
    private const int NoSpaceOnLinux = 28;
    private const int ReadOnlyOnLinux = 30;
    private const int QuotaOnLinux = 122;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>Whether <paramref name="failure"/> comes from the file system, so that the user can mend it.</summary>
    internal static bool IsFromFiles(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <summary>Whether a file could not be opened because another process, or another part of this one, has locked it.</summary>
    internal static bool IsHeldElsewhere(IOException failure)
    {
        const int wouldBlockOnLinux = 11;
        const int wouldBlockOnMac = 35;
        const int sharingViolationOnWindows = unchecked((int)0x80070020);
        return failure.HResult is wouldBlockOnLinux or wouldBlockOnMac or sharingViolationOnWindows;
    }

    /// <summary>The error for a file or folder that could not be written.</summary>
    internal static CounterpoiseException Writing(string path, Exception failure) =>
        new($"{path}: could not be written: {Reason(failure, "write to")}", failure);

    /// <summary>The error for a file or folder that could not be read.</summary>
    internal static CounterpoiseException Reading(string path, Exception failure) =>
        new($"{path}: could not be read: {Reason(failure, "read")}", failure);

    private static string Reason(Exception failure, string verb) =>
        failure switch
        {
            { HResult: NoSpaceOnLinux or QuotaOnLinux or NoSpaceOnWindows } =>
                "the disk is full. Free some space, then run again.",
            { HResult: ReadOnlyOnLinux } => "the file system is read-only. Choose another place.",
            UnauthorizedAccessException =>
                $"no permission to {verb} it. Change the permissions or choose another place.",
            FileNotFoundException => "it does not exist. Check the path.",
            DirectoryNotFoundException => "its folder does not exist. Check the path.",
            _ => $"{OneLine(failure.Message)} Check the path and the disk.",
        };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ') + ".";
}
