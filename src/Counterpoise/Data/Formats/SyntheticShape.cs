namespace Counterpoise.Data.Formats;

/// <summary>
/// The ten shapes of the synthetic set. Classes c and c + 5 look alike, so that in a long-tailed version each small
/// class has a large one that it is mistaken for.
/// </summary>
internal static class SyntheticShape
{
    public static IReadOnlyList<string> Names { get; } =
    ["disc", "square", "triangle", "cross", "stripes", "ring", "rectangle", "chevron", "tee", "checker"];

    private const double Period = 0.62;

    /// <summary>The signed distance to the outline, negative inside, in units of the shape's radius.</summary>
    /// <param name="label">Which shape.</param>
    /// <param name="u">Across, from the shape's centre.</param>
    /// <param name="v">Down, from the shape's centre.</param>
    public static double Distance(int label, double u, double v) =>
        label switch
        {
            0 => Math.Sqrt((u * u) + (v * v)) - 0.88,
            1 => Box(u, v, 0.78, 0.78),
            2 => Triangle(u, v, 0.55),
            3 => Math.Min(Box(u, v, 1, 0.3), Box(u, v, 0.3, 1)),
            4 => Math.Max(Box(u, v, 0.93, 0.93), Wave(v)),
            5 => Math.Abs(Math.Sqrt((u * u) + (v * v)) - 0.66) - 0.26,
            6 => Box(u, v, 0.98, 0.6),
            7 => Math.Max(Triangle(u, v, 0.55), -Triangle(u, v - 0.55, 0.42)),
            8 => Math.Min(Box(u, v + 0.4, 1, 0.3), Box(u, v - 0.15, 0.3, 0.85)),
            _ => Math.Max(Box(u, v, 0.93, 0.93), Checker(u, v)),
        };

    private static double Box(double u, double v, double halfWidth, double halfHeight) =>
        Math.Max(Math.Abs(u) - halfWidth, Math.Abs(v) - halfHeight);

    private static double Triangle(double u, double v, double inner) =>
        Math.Max(v, Math.Max((0.8660254 * u) - (0.5 * v), (-0.8660254 * u) - (0.5 * v))) - inner;

    private static double Wave(double v) => (Math.Abs((v / Period) - Math.Round(v / Period)) - 0.25) * Period;

    private static double Checker(double u, double v)
    {
        double across = Wave(u);
        double down = Wave(v);
        return -Math.Sign(across * down) * Math.Min(Math.Abs(across), Math.Abs(down));
    }
}
