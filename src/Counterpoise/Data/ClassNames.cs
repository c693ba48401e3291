using System.Text;

namespace Counterpoise.Data;

/// <summary>Looks for class names that a person would take for one.</summary>
internal static class ClassNames
{
    private const int MostNamed = 5;

    /// <summary>What the user must be told of names that differ in writing alone; empty where there are none.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="classes">Its class names.</param>
    internal static IReadOnlyList<string> Notes(string data, IReadOnlyList<string> classes)
    {
        string[] alike =
        [
            .. classes
                .GroupBy(Plain, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
                .Select(same => string.Join(" and ", same.Select(name => $"'{name}'"))),
        ];
        return alike.Length == 0
            ? []
            :
            [
                $"{data}: class names that differ in writing alone (capitals, accents composed or not, blanks, leading zeros) are taken for different classes: "
                    + $"{string.Join(", ", alike.Take(MostNamed))}{(alike.Length > MostNamed ? ", ..." : "")}.",
            ];
    }

    private static string Plain(string name)
    {
        string plain = name.Trim().Normalize(NormalizationForm.FormKC).ToUpperInvariant();
        plain = string.Join(' ', plain.Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries));
        return plain.Length > 0 && plain.All(char.IsAsciiDigit) ? plain.TrimStart('0').PadLeft(1, '0') : plain;
    }
}
