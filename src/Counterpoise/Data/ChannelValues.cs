using System.Globalization;
using Counterpoise.Basics;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data;

/// <summary>A number for each of red, green and blue.</summary>
internal static class ChannelValues
{
    /// <summary>Reads what a setting says, such as <c>0.485, 0.456, 0.406</c>; null where it is empty.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal static IReadOnlyList<float>? Parse(string key, string text, bool isPositive)
    {
        if (text.Length == 0)
        {
            return null;
        }

        float[] values =
        [
            .. text.Trim('[', ']')
                .Split(',')
                .Select(part =>
                    float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                        ? value
                        : float.NaN
                ),
        ];
        return Fit(values, isPositive)
            ? values
            : throw new UsageException(
                $"{Named(key)} is '{text}', expected {Expected(isPositive)}, such as 0.485, 0.456, 0.406."
            );
    }

    /// <summary>Whether numbers are three that make sense.</summary>
    internal static bool Fit(IReadOnlyList<float> values, bool isPositive) =>
        values.Count == 3 && values.All(value => float.IsFinite(value) && (!isPositive || value > 0));

    /// <summary>What is expected, for messages.</summary>
    internal static string Expected(bool isPositive) => isPositive ? "three numbers above 0" : "three finite numbers";
}
