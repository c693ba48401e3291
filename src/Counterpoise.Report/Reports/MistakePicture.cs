using Counterpoise.Basics;
using Counterpoise.Runs;

namespace Counterpoise.Report.Reports;

/// <summary>Pictures of mistakes in run folders.</summary>
internal static class MistakePicture
{
    // Pictures are 96 pixels wide at most; whatever is larger than this is something else.
    private const long LargestPicture = 200_000;

    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>The picture of a test image as a PNG; null where it is missing or cannot be read: the report is about more than it.</summary>
    internal static byte[]? Of(RunHistory run, int image)
    {
        string path = Path.Combine(run.ExamplesPath, $"{image}.png");
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= LargestPicture })
            {
                return null;
            }

            byte[] content = File.ReadAllBytes(path);
            return content.AsSpan().StartsWith(PngSignature) ? content : null;
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            return null;
        }
    }
}
