using System.Text;
using Counterpoise.Basics;
using Counterpoise.Data.Files;

namespace Counterpoise.Data.Formats;

/// <summary>Names of an archive's entries.</summary>
internal static class EntryName
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>A name from its bytes; null where they are no UTF-8. Guessing would make one name of two.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The names of folders and file that lead to an entry; none for the archive's top.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="CounterpoiseException">It leads out of the archive, or would do harm on a terminal.</exception>
    internal static string[] Steps(string file, string name)
    {
        string[] steps = [.. name.Split('/').Where(step => step is not ("" or "."))];
        bool hasDrive = name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]);
        if (name.StartsWith('/') || hasDrive || Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
        {
            throw new CounterpoiseException(
                $"{file}: has the entry {name}, which leads out of the archive's folder; remove it and fetch it again."
            );
        }

        return !name.Any(char.IsControl) || steps.Any(SystemFiles.Are)
            ? steps
            : throw new CounterpoiseException(
                $"{file}: has the entry {name}, whose name has control characters, expected none; make the archive again with another name."
            );
    }

    /// <summary>Where a link leads, from the archive's top; null where that is out of the archive.</summary>
    /// <param name="folder">The folder that the target is seen from.</param>
    /// <param name="target">What the link says.</param>
    internal static string[]? Resolve(IEnumerable<string> folder, string target)
    {
        if (target.StartsWith('/') || Path.IsPathRooted(target))
        {
            return null;
        }

        var steps = new List<string>(folder);
        foreach (string step in target.Split('/').Where(step => step is not ("" or ".")))
        {
            if (step != "..")
            {
                steps.Add(step);
            }
            else if (steps.Count > 0)
            {
                steps.RemoveAt(steps.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return [.. steps];
    }
}
