using System.Globalization;
using Counterpoise.Basics;
using CsvHelper;

namespace Counterpoise.Cli.Options;

/// <summary>What decisions cost, from a CSV file: of missing each class, or of every class decided for where another is true.</summary>
internal static class CostFile
{
    /// <param name="path">The file.</param>
    /// <param name="classes">The class names.</param>
    /// <returns>[C] of [C], by the true class.</returns>
    /// <exception cref="CounterpoiseException">It cannot be read, or lacks a class.</exception>
    internal static double[][] Read(string path, IReadOnlyList<string> classes)
    {
        try
        {
            using var text = new StreamReader(path);
            using var csv = new CsvReader(text, CultureInfo.InvariantCulture);
            csv.Read();
            csv.ReadHeader();
            string[] header = csv.HeaderRecord!;
            bool isOfMissing = header is ["class", "cost"];
            int[] columns = isOfMissing ? [] : [.. header.Skip(1).Select(name => Label(name, "its header"))];
            if (!isOfMissing && columns.Distinct().Count() != classes.Count)
            {
                throw new CounterpoiseException(
                    $"{path}: its header names {columns.Length} classes, expected class,cost, or a column for each of the {classes.Count} classes."
                );
            }

            var costs = new double[classes.Count][];
            while (csv.Read())
            {
                int line = csv.Parser.RawRow;
                int label = Label(csv.GetField(0)!, $"line {line}");
                if (costs[label] is not null)
                {
                    throw new CounterpoiseException(
                        $"{path}: line {line} has the class '{classes[label]}' again; remove one."
                    );
                }

                double[] row = new double[classes.Count];
                if (isOfMissing)
                {
                    Array.Fill(row, Number(csv, 1));
                    row[label] = 0;
                }

                foreach ((int place, int column) in columns.Index())
                {
                    row[column] = Number(csv, place + 1);
                }

                costs[label] = row;
            }

            int missing = Array.IndexOf(costs, null);
            return missing < 0
                ? costs
                : throw new CounterpoiseException(
                    $"{path}: has no line for the class '{classes[missing]}'; give every class one."
                );
        }
        catch (CsvHelperException fault)
        {
            throw new CounterpoiseException(
                $"{path}: is not a CSV file with the columns class and cost, or with a line and a column for each class.",
                fault
            );
        }
        catch (Exception failure) when (FileFailure.IsFromFiles(failure))
        {
            throw FileFailure.Reading(path, failure);
        }

        int Label(string name, string place) =>
            classes.Index().FirstOrDefault(known => known.Item == name, (Index: -1, Item: "")).Index
                is >= 0
                    and var label
                ? label
                : throw new CounterpoiseException(
                    $"{path}: {place} names the class '{Printable.OfLine(name)}', but the classifier's are {string.Join(", ", classes.Take(5))}{(classes.Count > 5 ? ", ..." : "")}; check the spelling."
                );

        double Number(CsvReader csv, int column) =>
            double.TryParse(csv.GetField(column), NumberStyles.Float, CultureInfo.InvariantCulture, out double cost)
            && double.IsFinite(cost)
                ? cost
                : throw new CounterpoiseException(
                    $"{path}: line {csv.Parser.RawRow} has the cost '{Printable.OfLine(csv.GetField(column) ?? "")}', expected a number."
                );
    }
}
