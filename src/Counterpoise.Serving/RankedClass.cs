namespace Counterpoise.Serving;

/// <summary>A class that an image may be of.</summary>
/// <param name="Class">The class's name.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct RankedClass(string Class, double Probability)
{
    /// <summary>The most probable classes, the most probable first; of equal ones the first of the classifier.</summary>
    /// <param name="classes">The class names.</param>
    /// <param name="probabilities">The probability of every class.</param>
    /// <param name="top">How many, at most.</param>
    public static RankedClass[] Of(IReadOnlyList<string> classes, ReadOnlySpan<float> probabilities, int top)
    {
        ArgumentNullException.ThrowIfNull(classes);
        int[] order = new int[probabilities.Length];
        float[] keys = new float[probabilities.Length];
        for (int label = 0; label < order.Length; label++)
        {
            order[label] = label;
            keys[label] = float.IsNaN(probabilities[label]) ? float.PositiveInfinity : -probabilities[label];
        }

        Array.Sort(order, (one, other) => keys[one] != keys[other] ? keys[one].CompareTo(keys[other]) : one - other);
        var ranked = new RankedClass[Math.Min(top, order.Length)];
        for (int place = 0; place < ranked.Length; place++)
        {
            ranked[place] = new RankedClass(classes[order[place]], probabilities[order[place]]);
        }

        return ranked;
    }
}
