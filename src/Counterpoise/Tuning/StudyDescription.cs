using System.Globalization;
using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Files;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>A study's plan and data as the texts that its database keeps, so that anyone can go on with it.</summary>
internal static class StudyDescription
{
    /// <summary>The version of the database's layout.</summary>
    internal const string Format = "1";

    internal const string FormatKey = "format";
    private const string RecipeKey = "recipe";
    private const string Fingerprint = "fingerprint";
    private const string ListingKey = "listing";
    private const string ValidationKey = "validation";
    internal const string BudgetKey = "budget";
    private const string Separator = "\n";

    /// <summary>Where the data is and how it is computed do not decide what a study is.</summary>
    private static readonly (string Key, string Name)[] Compared =
    [
        ("over", Named("over")),
        ("search", Named("search")),
        ("trials", Named("trials")),
        ("splits", Named("splits")),
        ("eta", Named("halving")),
    ];

    internal static Dictionary<string, string?> Of(StudyPlan plan, string fingerprint)
    {
        RunDescription run = plan.Run.Description;
        return new()
        {
            [FormatKey] = Format,
            [RecipeKey] = RecipeText.Write(plan.Run.Recipe),
            [Fingerprint] = fingerprint,
            ["over"] = string.Join(Separator, plan.Space.Texts),
            ["search"] = $"{plan.Search}".ToLowerInvariant(),
            ["trials"] = $"{plan.Trials}",
            ["splits"] = $"{plan.Splits}",
            ["eta"] = plan.Eta is { } eta ? $"{eta}" : null,
            [BudgetKey] = plan.Budget is { } budget ? budget.ToString("c", CultureInfo.InvariantCulture) : null,
            ["data"] = run.Source,
            ["image_root"] = run.Listing.ImageRoot,
            ["test_data"] = run.Listing.TestData,
            [ListingKey] = ListingText(run.Listing),
            ["skip_unreadable"] = $"{run.SkipUnreadable}",
            [ValidationKey] = $"{plan.UsesValidation}",
            ["decoding"] = $"{plan.Run.Decoding ?? DecodingRules.Newest}",
            ["store"] = $"{plan.Run.Store}",
            ["threads"] = $"{run.Threads}",
            ["device"] = run.Device,
            ["statistics_every"] = $"{run.StatisticsEvery}",
        };
    }

    internal static string FingerprintOf(IReadOnlyDictionary<string, string?> texts) =>
        texts.GetValueOrDefault(Fingerprint) ?? "";

    /// <summary>The plan of a study.</summary>
    /// <param name="texts">What the database keeps.</param>
    /// <param name="file">The database, for error messages.</param>
    /// <param name="threads">Compute with another number of threads; null for as many as before.</param>
    /// <param name="device">Compute on another device; null for the one before.</param>
    /// <exception cref="CounterpoiseException">Something is missing.</exception>
    internal static StudyPlan Plan(
        IReadOnlyDictionary<string, string?> texts,
        string file,
        int? threads,
        string? device
    )
    {
        try
        {
            Recipe recipe = RecipeText.Parse(texts[RecipeKey]!, file);
            var described = new RunDescription
            {
                Source = texts["data"]!,
                Listing = Listing(texts, file),
                SkipUnreadable = bool.Parse(texts["skip_unreadable"]!),
                Decoding = texts.GetValueOrDefault("decoding") is { } rules ? Number(rules) : null,
                Threads = Number(texts["threads"]),
                Device = texts["device"]!,
                StatisticsEvery = Number(texts["statistics_every"]),
            };
            var changes = new ResumeOptions { Threads = threads, Device = device };
            TrainingPlan run = TrainingPlan.Of(recipe, described, recipe.Training.Precision, changes) with
            {
                Store = Enum.Parse<ImageStore>(texts["store"]!),
            };
            return StudyPlan.Of(
                run,
                texts["over"]!.Split(Separator),
                Enum.Parse<SearchKind>(texts["search"]!, ignoreCase: true),
                Number(texts["trials"]),
                Number(texts["splits"]),
                texts["eta"] is { } eta ? Number(eta) : null,
                texts.GetValueOrDefault(ValidationKey) == $"{true}"
            ) with
            {
                Budget = texts.GetValueOrDefault(BudgetKey) is { } budget
                    ? TimeSpan.Parse(budget, CultureInfo.InvariantCulture)
                    : null,
            };
        }
        catch (Exception failure) when (failure is KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new CounterpoiseException(
                $"{file} lacks a part of what the study is; it cannot be gone on with, begin another study.",
                failure
            );
        }
    }

    /// <summary>What another study differs in, for an error message; null where it is the same.</summary>
    internal static string? Difference(
        IReadOnlyDictionary<string, string?> there,
        IReadOnlyDictionary<string, string?> here,
        string file
    )
    {
        Recipe Read(IReadOnlyDictionary<string, string?> texts) =>
            RecipeText.Parse(texts.GetValueOrDefault(RecipeKey) ?? "", file);
        string Show(string? value) => value?.Replace(Separator, " ") ?? "none";
        return TrainingPlan.Difference(Read(there), Read(here)) is { } recipe ? $"another recipe ({recipe})"
            : there.GetValueOrDefault(Fingerprint) != here[Fingerprint]
                ? "other data (images, labels or class names differ)"
            : Compared
                .Where(part => there.GetValueOrDefault(part.Key) != here[part.Key])
                .Select(part =>
                    $"another search ({part.Name}: {Show(there.GetValueOrDefault(part.Key))} there, {Show(here[part.Key])} here)"
                )
                .FirstOrDefault();
    }

    private static string ListingText(ListingOptions listing)
    {
        var json = new JsonObject();
        listing.AddTo(json);
        return json.ToJsonString();
    }

    /// <summary>A study that is older than the options has the two that it knew.</summary>
    private static ListingOptions Listing(IReadOnlyDictionary<string, string?> texts, string file) =>
        texts.GetValueOrDefault(ListingKey) is { } text
            ? ListingOptions.Of(new JsonFields(JsonNode.Parse(text)!.AsObject(), file))
            : new ListingOptions { ImageRoot = texts["image_root"], TestData = texts["test_data"] };

    private static int Number(string? text) => int.Parse(text ?? "", CultureInfo.InvariantCulture);
}
