using System.Globalization;

namespace Counterpoise.Data.Listings;

/// <summary>Looks for class names that a person would take for one, or for none.</summary>
internal static class ClassNames
{
    private const int MostNamed = 5;

    // What programs write for a value that is not there.
    private static readonly string[] Missing = ["nan", "na", "n/a", "<na>", "null", "-1"];

    /// <summary>What the user must be told of names that differ in writing alone or may be none; empty where there are none.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="classes">Its class names.</param>
    internal static IReadOnlyList<string> Notes(string data, IReadOnlyList<string> classes)
    {
        string[] alike =
        [
            .. classes
                .GroupBy(Plain, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
                .SelectMany(same => same.Skip(1).Select(name => $"'{same.First()}' and '{name}'")),
            .. classes
                .Where(name => name.Any(IsMark))
                .SelectMany(name =>
                    classes.Where(other => IsComposed(other, name)).Select(other => $"'{name}' and '{other}'")
                ),
        ];
        string[] missing =
        [
            .. classes
                .Where(name => Missing.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase))
                .Select(name => $"'{name}'"),
        ];
        return
        [
            .. missing.Length == 0
                ? Array.Empty<string>()
                :
                [
                    $"{data}: {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} taken for a class, but may stand for a label that is missing; if so, take these images out.",
                ],
            .. alike.Length == 0
                ? Array.Empty<string>()
                :
                [
                    $"{data}: class names that differ in writing alone (capitals, accents composed or not, blanks, leading zeros) are taken for different classes: "
                        + $"{string.Join(", ", alike.Take(MostNamed))}{(alike.Length > MostNamed ? ", ..." : "")}.",
                ],
        ];
    }

    private static string Plain(string name)
    {
        string plain = string.Join(
            ' ',
            name.ToUpperInvariant().Split([' ', '_', '-', '\t'], StringSplitOptions.RemoveEmptyEntries)
        );
        return plain.Length > 0 && plain.All(char.IsAsciiDigit) ? plain.TrimStart('0').PadLeft(1, '0') : plain;
    }

    /// <summary>
    /// Whether a name has one character wherever the other has a letter and marks on it. Which character is not looked at:
    /// Unicode's tables may not be there.
    /// </summary>
    private static bool IsComposed(string name, string decomposed)
    {
        int at = 0;
        for (int i = 0; i < decomposed.Length; i++)
        {
            bool isMarked = i + 1 < decomposed.Length && IsMark(decomposed[i + 1]);
            if (
                at == name.Length
                || (isMarked ? char.IsAscii(name[at]) || IsMark(name[at]) : name[at] != decomposed[i])
            )
            {
                return false;
            }

            at++;
            while (i + 1 < decomposed.Length && IsMark(decomposed[i + 1]))
            {
                i++;
            }
        }

        return at == name.Length;
    }

    private static bool IsMark(char character) =>
        CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark;
}
