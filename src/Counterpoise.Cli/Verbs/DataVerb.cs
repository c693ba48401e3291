using System.CommandLine;
using System.Text.Json.Nodes;
using Counterpoise.Cli.Options;
using Counterpoise.Cli.Output;
using Counterpoise.Cli.Understanding;
using Counterpoise.Data;
using Counterpoise.Data.Duplicates;
using Counterpoise.Data.Files;
using Counterpoise.Data.Formats;
using Counterpoise.Data.Listings;
using Counterpoise.Data.Pixels;

namespace Counterpoise.Cli.Verbs;

/// <summary><c>data inspect</c>: what a data set holds, before anything is trained on it.</summary>
internal static class DataVerb
{
    private const int NamedFiles = 20;

    internal static Command Create()
    {
        var path = new Argument<string>("data") { Description = "What 'train --data' takes" };
        path.Takes("images", Thing.Images);
        var opening = new DataOptions();
        var duplicates = new Option<bool>("--duplicates")
        {
            Description = "Find images that look the same, too: resized or recompressed copies",
        };
        Option<bool> json = JsonOption.Create();
        var inspect = new Command("inspect", "Show class counts, imbalance, image sizes and unreadable files.")
        {
            path,
            duplicates,
            json,
        };
        inspect.Add(opening.OfListing);
        inspect.SetAction(parsed =>
        {
            string source = parsed.GetRequiredValue(path);
            var options = new OpenOptions { Listing = opening.Listing(parsed), Compares = parsed.GetValue(duplicates) };
            DataInspection inspection = ImageDataSource.Inspect(source, ReadingProgress.Told(options));
            string[] listing =
            [
                .. opening
                    .OfListing.Where(parsed.IsGiven)
                    .SelectMany(option =>
                        parsed
                            .GetResult(option)!
                            .Tokens.SelectMany(token => new[] { option.Name, ShellWord.Quoted(token.Value) })
                    ),
            ];
            var advice = StartingAdvice.Of(source, listing, options with { Inspects = true });
            if (parsed.GetValue(json))
            {
                JsonObject found = Json(inspection);
                found["advice"] = advice?.Json;
                JsonObserver.WriteEvent("inspected", found);
            }
            else
            {
                Print(inspection);
                advice?.Print();
            }

            return 0;
        });
        return new Command("data", "Look at data sets, pack them, download some.")
        {
            inspect,
            PackVerb.Create(),
            DownloadVerb.Create(),
        };
    }

    private static void Print(DataInspection inspection)
    {
        foreach (string note in inspection.Notes)
        {
            Console.WriteLine(note);
        }

        ClassTable.Print(inspection.Classes, inspection.TrainCounts, inspection.TestCounts);
        Console.WriteLine($"{inspection.TestCounts.Sum()} test images");
        if (inspection.ValidationCounts is { } validation)
        {
            Console.WriteLine($"{validation.Sum()} validation images");
        }

        Console.WriteLine(
            $"image sizes: smallest {inspection.Smallest}, median {inspection.Median}, largest {inspection.Largest} pixels"
        );
        Console.WriteLine($"unreadable files: {inspection.Unreadable.Count}");
        foreach (UnreadableFile file in inspection.Unreadable.Take(NamedFiles))
        {
            Console.WriteLine($"  {file.Path}: {file.Reason}");
        }

        if (inspection.Unreadable.Count > NamedFiles)
        {
            Console.WriteLine($"  and {inspection.Unreadable.Count - NamedFiles} more; --json names all of them");
        }

        if (inspection.Near is { } near)
        {
            PrintNear(near);
        }
    }

    private static void PrintNear(IReadOnlyList<DuplicateFinding> near)
    {
        Console.WriteLine($"images that look like another one: {near.Sum(finding => finding.Count)}");
        foreach (DuplicateFinding finding in near)
        {
            Console.WriteLine($"  {finding.Count} {Of(finding.Kind)}:");
            foreach ((string first, string second) in finding.Pairs.Take(NamedFiles))
            {
                Console.WriteLine($"    {first} and {second}");
            }

            if (finding.Count > NamedFiles)
            {
                Console.WriteLine(
                    $"    and {finding.Count - NamedFiles} more; --json names the first {LeftOut.MostNamed}"
                );
            }
        }
    }

    private static string Of(DuplicateKind kind) =>
        kind switch
        {
            DuplicateKind.AcrossParts => "across parts",
            DuplicateKind.AcrossClasses => "across classes",
            _ => "within a class",
        };

    private static JsonArray Json(IReadOnlyList<DuplicateFinding> findings) =>
        [
            .. findings.Select(finding =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["kind"] = Of(finding.Kind),
                        ["count"] = finding.Count,
                        ["pairs"] = new JsonArray([
                            .. finding.Pairs.Select(pair => (JsonNode?)new JsonArray(pair.First, pair.Second)),
                        ]),
                    }
            ),
        ];

    private static JsonObject Json(DataInspection inspection) =>
        new()
        {
            ["name"] = inspection.Name,
            ["classes"] = new JsonArray([.. inspection.Classes.Select(name => (JsonNode?)name)]),
            ["train_counts"] = new JsonArray([.. inspection.TrainCounts.Select(count => (JsonNode?)count)]),
            ["test_counts"] = new JsonArray([.. inspection.TestCounts.Select(count => (JsonNode?)count)]),
            ["validation_counts"] = inspection.ValidationCounts is { } validation
                ? new JsonArray([.. validation.Select(count => (JsonNode?)count)])
                : null,
            ["rho"] = inspection.TrainCounts.Min() is > 0 and var smallest
                ? (double)inspection.TrainCounts.Max() / smallest
                : null,
            ["smallest"] = Size(inspection.Smallest),
            ["median"] = Size(inspection.Median),
            ["largest"] = Size(inspection.Largest),
            ["unreadable"] = new JsonArray([
                .. inspection.Unreadable.Select(file =>
                    (JsonNode?)new JsonObject { ["path"] = file.Path, ["reason"] = file.Reason }
                ),
            ]),
            ["identical"] = Json(inspection.Identical),
            ["near"] = inspection.Near is { } near ? Json(near) : null,
            ["left_out"] = new JsonArray([
                .. inspection.LeftOut.Select(entry =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["reason"] = entry.Reason,
                            ["class"] = entry.Class,
                            ["count"] = entry.Count,
                            ["files"] = new JsonArray([.. entry.Files.Select(file => (JsonNode?)file)]),
                        }
                ),
            ]),
            ["notes"] = new JsonArray([.. inspection.Notes.Select(note => (JsonNode?)note)]),
        };

    private static JsonArray Size(PixelSize size) => [size.Width, size.Height];
}
