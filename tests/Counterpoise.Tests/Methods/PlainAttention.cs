using Counterpoise.Tests.Networks;

namespace Counterpoise.Tests.Methods;

/// <summary>Modulated attention once more, number by number.</summary>
internal static class PlainAttention
{
    /// <param name="map">x: [C, places].</param>
    /// <param name="channels">C.</param>
    /// <param name="values">The parameters.</param>
    /// <param name="prefix">What their names begin with.</param>
    /// <returns>[C, places].</returns>
    public static double[] Apply(double[] map, int channels, Dictionary<string, double[]> values, string prefix = "")
    {
        int places = map.Length / channels;
        double[][] x =
        [
            .. Enumerable
                .Range(0, places)
                .Select(p => Enumerable.Range(0, channels).Select(c => map[(c * places) + p]).ToArray()),
        ];
        double[][] query = [.. x.Select(row => Slow.Linear(row, values[prefix + "query"]))];
        double[][] key = [.. x.Select(row => Slow.Linear(row, values[prefix + "key"]))];
        double[][] value = [.. x.Select(row => Slow.Linear(row, values[prefix + "value"]))];
        double[] spatial = Slow.Softmax(Slow.Linear(map, values[prefix + "spatial"], values[prefix + "spatial_bias"]));
        double[] result = [.. map];
        for (int p = 0; p < places; p++)
        {
            double[] attention = Slow.Softmax([.. key.Select(other => Slow.Dot(query[p], other))]);
            double[] gathered =
            [
                .. Enumerable.Range(0, value[0].Length).Select(i => value.Select((v, q) => attention[q] * v[i]).Sum()),
            ];
            double[] modulation = Slow.Linear(gathered, values[prefix + "mask"]);
            for (int c = 0; c < channels; c++)
            {
                result[(c * places) + p] += spatial[p] * modulation[c];
            }
        }

        return result;
    }
}
