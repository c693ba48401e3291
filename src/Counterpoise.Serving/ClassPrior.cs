using System.Globalization;
using Counterpoise.Basics;
using Counterpoise.Results.Export;
using CsvHelper;
using CsvHelper.Configuration;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Serving;

/// <summary>
/// The class frequencies that are expected where a classifier is used: p'(c | x) proportional to p(c | x) q(c) / pi(c),
/// where pi is what its probabilities take for granted and q what is expected (Saerens, Latinne and Decaestecker, Neural
/// Computation 2002, equation 2.4).
/// </summary>
public sealed class ClassPrior
{
    private readonly double[] factors;

    private ClassPrior(double[] frequencies, double[] factors)
    {
        Frequencies = frequencies;
        this.factors = factors;
    }

    /// <summary>The frequency of every class, which add up to 1.</summary>
    public IReadOnlyList<double> Frequencies { get; }

    /// <summary>All classes are equally frequent.</summary>
    /// <param name="classifier">The classifier.</param>
    public static ClassPrior Balanced(ClassifierDescription classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Of(classifier, [.. classifier.Classes.Select(_ => 1.0)]);
    }

    /// <summary>Classes are as frequent as among the training examples.</summary>
    /// <param name="classifier">The classifier.</param>
    public static ClassPrior Training(ClassifierDescription classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Of(classifier, [.. classifier.ClassCounts.Select(count => (double)count)]);
    }

    /// <summary>What an option says: <c>balanced</c>, <c>training</c> or a CSV file of the columns class and frequency.</summary>
    /// <param name="option">The option's value.</param>
    /// <param name="classifier">The classifier.</param>
    /// <exception cref="CounterpoiseException">The file cannot be read, or its classes are not the classifier's.</exception>
    public static ClassPrior Parse(string option, ClassifierDescription classifier) =>
        option switch
        {
            "balanced" => Balanced(classifier),
            "training" => Training(classifier),
            _ => Read(option, classifier),
        };

    /// <summary>Frequencies from a CSV file with a header and the columns <c>class</c> and <c>frequency</c>: numbers or shares, of every class.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classifier">The classifier.</param>
    /// <exception cref="CounterpoiseException">The file cannot be read, or its classes are not the classifier's.</exception>
    public static ClassPrior Read(string path, ClassifierDescription classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{Named("prior")} is '{path}', expected balanced, training or a CSV file with the columns class and frequency; there is no such file."
            );
        }

        var frequencies = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            using var text = new StreamReader(path);
            using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
            csv.Read();
            csv.ReadHeader();
            while (csv.Read())
            {
                Add(frequencies, csv, path, classifier);
            }
        }
        catch (CsvHelperException)
        {
            throw new CounterpoiseException(
                $"{path}: is not a CSV file with the columns class and frequency; write such a header, then a line a class."
            );
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }

        string? missing = classifier.Classes.FirstOrDefault(name => !frequencies.ContainsKey(name));
        return missing is null
            ? Of(classifier, [.. classifier.Classes.Select(name => frequencies[name])])
            : throw new CounterpoiseException(
                $"{path}: has no line for the class '{missing}'; give every class a frequency."
            );
    }

    /// <summary>Corrects probabilities in place.</summary>
    /// <param name="probabilities">Of every class; they add up to 1 before and after.</param>
    public void Apply(Span<float> probabilities)
    {
        double total = 0;
        for (int label = 0; label < probabilities.Length; label++)
        {
            total += probabilities[label] * factors[label];
        }

        // Where only classes that cannot occur have a probability, it says nothing of the others.
        for (int label = 0; total > 0 && label < probabilities.Length; label++)
        {
            probabilities[label] = (float)(probabilities[label] * factors[label] / total);
        }
    }

    private static void Add(
        Dictionary<string, double> frequencies,
        CsvReader csv,
        string path,
        ClassifierDescription classifier
    )
    {
        string name = csv.GetField<string>("class")!;
        string text = csv.GetField<string>("frequency")!;
        string place = $"{path}, line {csv.Parser.RawRow}";
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double frequency)
            || !double.IsFinite(frequency)
            || frequency < 0
        )
        {
            throw new CounterpoiseException($"{place}: has the frequency '{text}', expected a number, 0 or more.");
        }

        if (!classifier.Classes.Contains(name))
        {
            throw new CounterpoiseException(
                $"{place}: names the class '{name}', but the classifier's are {string.Join(", ", classifier.Classes.Take(5))}, ...; check the spelling."
            );
        }

        if (!frequencies.TryAdd(name, frequency))
        {
            throw new CounterpoiseException($"{place}: names the class '{name}' a second time; remove one line.");
        }
    }

    private static ClassPrior Of(ClassifierDescription classifier, double[] expected)
    {
        double total = expected.Sum();
        if (total <= 0)
        {
            throw new CounterpoiseException("no class has a frequency above 0; give at least one that can occur.");
        }

        double[] frequencies = [.. expected.Select(wanted => wanted / total)];
        return new ClassPrior(
            frequencies,
            [.. frequencies.Zip(classifier.Prior, (wanted, implied) => implied > 0 ? wanted / implied : 0)]
        );
    }
}
