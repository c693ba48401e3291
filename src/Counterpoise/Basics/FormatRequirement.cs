namespace Counterpoise.Basics;

/// <summary>What must hold for bytes that come from a file.</summary>
internal static class FormatRequirement
{
    /// <param name="condition">What must hold.</param>
    /// <param name="otherwise">What is wrong if it does not, for a message that names the file.</param>
    /// <exception cref="FormatException">The condition does not hold.</exception>
    internal static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }
}
