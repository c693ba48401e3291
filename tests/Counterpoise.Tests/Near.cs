namespace Counterpoise.Tests;

/// <summary>Numbers are equal that differ by less than a tolerance.</summary>
internal sealed class Near(double tolerance) : IEqualityComparer<double>
{
    public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

    public int GetHashCode(double obj) => 0;
}
