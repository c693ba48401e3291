using System.Globalization;
using System.Text.RegularExpressions;
using Counterpoise.Basics;
using Counterpoise.Data.Files;
using Counterpoise.Data.Listings;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Data.Formats;

/// <summary>iNaturalist's own JSON: <c>train2018.json</c> and <c>val2018.json</c> with images, annotations and, where they are, categories.</summary>
internal sealed partial class INaturalist() : ListingFormat("iNaturalist's .json")
{
    private const string Extension = ".json";

    /// <inheritdoc/>
    internal override ListingNeed Heeds => ListingNeed.ImageRoot | ListingNeed.TestData | ListingNeed.Files;

    /// <summary>The listing of a folder with such files, or of a training file; else null.</summary>
    /// <exception cref="UsageException">There is no validation file, or the images are not found.</exception>
    /// <exception cref="CounterpoiseException">A file is damaged or incomplete.</exception>
    private protected override ImageListing? Find(string path, OpenOptions options)
    {
        string? train =
            Directory.Exists(path) ? FileIn(path)
            : Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) ? path
            : null;
        if (train is null)
        {
            return null;
        }

        string test = options.Listing.TestData ?? ValidationOf(train);
        INaturalistFile file = INaturalistFile.Read(train);
        FileList training = file.Labelled(train);
        FileList tested = INaturalistFile.Read(test).Labelled(test);
        long[] ids = Categories(train, file);
        Dictionary<string, int> indices = ids.Index()
            .ToDictionary(pair => pair.Item.ToString(CultureInfo.InvariantCulture), pair => pair.Index);
        return new ListedFiles(options).Listing(
            $"iNaturalist's {Path.GetFileName(train)}",
            Names(file, ids),
            new Dictionary<Part, FileList> { [Part.Train] = training, [Part.Test] = tested },
            label => indices.GetValueOrDefault(label, -1)
        ) with
        {
            HasProtocol = true,
        };
    }

    private static string? FileIn(string folder)
    {
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder, $"*{Extension}")
                .Where(file => TrainName().IsMatch(Path.GetFileName(file)) && INaturalistFile.Fits(file))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length < 2
            ? files.FirstOrDefault()
            : throw new UsageException(
                $"{folder}: found {string.Join(", ", files.Select(Path.GetFileName))}; give the path of one of them."
            );
    }

    private static string ValidationOf(string train)
    {
        string name = Path.GetFileName(train);
        string test = Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(train))!,
            TrainName().Replace(name, "val${year}.json")
        );
        return TrainName().IsMatch(name) && File.Exists(test)
            ? test
            : throw new UsageException(
                $"{train}: found no file to test on beside it, expected the same name with val for train, such as val2018.json; "
                    + $"download it, too, or give it with {Named("testData")}."
            );
    }

    /// <summary>The ids in order. Every category needs a training image; without categories, ids must have no gaps.</summary>
    private static long[] Categories(string train, INaturalistFile file)
    {
        long[] used = [.. file.Annotations.Select(annotation => annotation.CategoryId).Distinct().Order()];
        if (file.Categories is not { Count: > 0 } categories)
        {
            for (int i = 1; i < used.Length; i++)
            {
                if (used[i] != used[i - 1] + 1)
                {
                    throw new CounterpoiseException(
                        $"{train}: no image has the category {used[i - 1] + 1}, but there are {used[0]} to {used[^1]}; "
                            + "add images of it, or number the categories without gaps."
                    );
                }
            }

            return used;
        }

        HashSet<long> known = [.. categories.Select(category => category.Id)];
        return known.Except(used).Order().Select(id => (long?)id).FirstOrDefault() is { } empty
                ? throw new CounterpoiseException(
                    $"{train}: the category {empty} has no training image; add one or remove the category."
                )
            : used.Except(known).Select(id => (long?)id).FirstOrDefault() is { } unknown
                ? throw new CounterpoiseException(
                    $"{train}: an annotation has the category {unknown}, which is not among the categories; correct the file or download it again."
                )
            : used;
    }

    /// <summary>The categories' names where every one has one of its own, else the ids.</summary>
    private static string[] Names(INaturalistFile file, long[] ids)
    {
        string[] numbers = [.. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        if (file.Categories is not { Count: > 0 } categories)
        {
            return numbers;
        }

        ILookup<long, string?> names = categories.ToLookup(category => category.Id, category => category.Name);
        string?[] named = [.. ids.Select(id => names[id].First())];
        return named.All(name => name is { Length: > 0 }) && named.Distinct().Count() == named.Length
            ? [.. named.Select(name => name!)]
            : numbers;
    }

    [GeneratedRegex(@"^train(?<year>\d*)\.json$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TrainName();
}
