using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Tuning;

/// <summary>What a study tries, on which data, and how it compares.</summary>
/// <param name="Run">The recipe that is tuned, not resolved, with its held-out images; data and execution.</param>
/// <param name="Space">What is tuned.</param>
/// <param name="Search">How values are proposed.</param>
/// <param name="Trials">How many settings are tried at most.</param>
/// <param name="Splits">Choices of held-out images that every setting is trained on, 1 or more.</param>
/// <param name="Eta">One trial of so many goes on in successive halving; null to train all to the end.</param>
internal sealed record StudyPlan(
    TrainingPlan Run,
    SearchSpace Space,
    SearchKind Search,
    int Trials,
    int Splits,
    int? Eta
)
{
    /// <summary>Images of each class held out where the recipe says nothing: the paper's number (supplement C.2).</summary>
    public const int UsualHeldOut = 3;

    /// <summary>Whether settings are chosen on the data's own validation part, instead of images held out of training.</summary>
    public bool UsesValidation { get; init; }

    /// <summary>The time that a choice between candidates may take, the training of what is chosen included; null where settings are tuned.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The plan of a choice between candidates: each is trained without one fold after the other.</summary>
    /// <param name="run">The recipe that candidates change, with its folds; data and execution.</param>
    /// <param name="candidates">The candidates, the cheapest first.</param>
    /// <param name="budget">The time that all may take.</param>
    /// <exception cref="UsageException">A candidate cannot be trained; nothing was.</exception>
    internal static StudyPlan OfChoice(TrainingPlan run, IReadOnlyList<Candidate> candidates, TimeSpan budget) =>
        Of(
            run,
            SearchSpace.Of(run.Recipe, candidates).Texts,
            SearchKind.Grid,
            trials: null,
            run.Recipe.Data.HeldOutFolds,
            eta: null
        ) with
        {
            Budget = budget,
        };

    /// <summary>Checks a plan and counts its trials.</summary>
    /// <param name="run">What is tuned, on which data.</param>
    /// <param name="over">What is tuned, as <see cref="SearchSpace.Parse"/> reads it; none for the paper's grid.</param>
    /// <param name="search">How; null for a grid of lists, and the Parzen estimator where there is a range.</param>
    /// <param name="trials">How many trials at most; null for all of a grid, and 20 otherwise.</param>
    /// <param name="splits">Choices of held-out images.</param>
    /// <param name="eta">For successive halving; null for none.</param>
    /// <param name="hasValidation">Whether the data has a validation part, which is used unless the recipe holds images out.</param>
    /// <exception cref="UsageException">Something is wrong; nothing was trained.</exception>
    public static StudyPlan Of(
        TrainingPlan run,
        IReadOnlyList<string> over,
        SearchKind? search,
        int? trials,
        int splits,
        int? eta,
        bool hasValidation = false
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        const int usualTrials = 20;
        Require(Named("trials"), trials, 1);
        Require(Named("splits"), splits, 1);
        Require(Named("halving"), eta, 2);
        bool usesValidation = hasValidation && !run.Recipe.Data.HoldsOut;
        if (usesValidation && splits > 1)
        {
            throw new UsageException(
                $"{Named("splits")} is {splits}, but settings are chosen on the data's own validation part, of which there is one; hold images of the training part out instead with {Named("data.held_out")}={UsualHeldOut}."
            );
        }

        Recipe recipe = usesValidation ? run.Recipe : WithHeldOut(run.Recipe);
        SearchSpace space = SearchSpace.Parse(recipe, over.Count > 0 ? over : [SearchSpace.PaperGrid(recipe)]);
        SearchKind kind =
            search ?? (space.Dimensions.Any(key => key is RangeDimension) ? SearchKind.Tpe : SearchKind.Grid);
        if (eta is not null && space.Dimensions.Any(key => key.Key == "training.epochs"))
        {
            throw new UsageException(
                $"{Named("over")} training.epochs does not go with {Named("halving")}, which compares trials of equal length; drop one of them."
            );
        }

        int possible = space.Dimensions.All(key => key is ListDimension) ? new GridSearch(space).Count : int.MaxValue;
        int most = kind == SearchKind.Grid ? new GridSearch(space).Count : Math.Min(possible, usualTrials);
        var plan = new StudyPlan(
            run with
            {
                Recipe = recipe,
            },
            space,
            kind,
            Math.Min(trials ?? most, possible),
            splits,
            eta
        )
        {
            UsesValidation = usesValidation,
        };
        foreach (ValueList<Assignment> settings in plan.Foreseen)
        {
            _ = plan.TrialRecipe(settings, 0);
        }

        return plan;
    }

    /// <summary>Proposes what to try.</summary>
    internal ISearch Proposals =>
        Search switch
        {
            SearchKind.Grid => new GridSearch(Space),
            SearchKind.Random => new RandomSearch(Space, Run.Recipe.Seed),
            _ => new TpeSearch(Space, Run.Recipe.Seed),
        };

    /// <summary>When trials are compared.</summary>
    public HalvingSchedule Schedule =>
        Eta is { } eta ? HalvingSchedule.Of(Trials, Run.Recipe.Training.Epochs, eta) : HalvingSchedule.None;

    /// <summary>The settings of those trials, from the first, that depend on no result.</summary>
    public IReadOnlyList<ValueList<Assignment>> Foreseen
    {
        get
        {
            int count = Search == SearchKind.Tpe ? Math.Min(TpeSearch.RandomTrials, Trials) : Trials;
            List<ValueList<Assignment>> settings = [];
            while (settings.Count < count && Untried(settings, []) is { } next)
            {
                settings.Add(next);
            }

            return settings;
        }
    }

    /// <summary>The recipe of one training of a trial, resolved.</summary>
    /// <param name="settings">The trial's settings.</param>
    /// <param name="split">Which choice of held-out images, from 0.</param>
    public Recipe TrialRecipe(IEnumerable<Assignment> settings, int split)
    {
        if (IsOfAllFolds(settings))
        {
            return FinalRecipe(settings);
        }

        Recipe recipe = Space.Apply(settings);
        return (
            recipe with
            {
                Data = recipe.Data with { HeldOutSplit = recipe.Data.HeldOutSplit + split },
                Training = Schedule.Until(0) is { } first
                    ? recipe.Training with
                    {
                        EvaluateEvery = first, // All later rungs are multiples of the first.
                    }
                    : recipe.Training,
            }
        ).Resolve();
    }

    /// <summary>Whether one training of a candidate says of every fold what a classifier says that has not seen it.</summary>
    internal bool IsOfAllFolds(IEnumerable<Assignment> settings) =>
        Budget is not null && Splits == TrainingFolds.Usual && TrainingFit.SaysOutOfFold(FinalRecipe(settings));

    /// <summary>The recipe of the training on the full set, resolved.</summary>
    /// <exception cref="UsageException">It needs held-out images itself.</exception>
    public Recipe FinalRecipe(IEnumerable<Assignment> settings)
    {
        Recipe recipe = Space.Apply(settings);
        return (recipe with { Data = recipe.Data with { HeldOut = 0, HeldOutFolds = 0, HeldOutSplit = 0 } }).Resolve();
    }

    /// <summary>Data, recipe and execution of one training.</summary>
    internal TrainingPlan Specify(Recipe resolved) =>
        Run with
        {
            Recipe = resolved,
            Execution = Execution.Resolve(Run.Execution.Threads, Run.Execution.Device, resolved.Training.Precision) with
            {
                Note = Run.Execution.Note,
                IsDeterministic = Run.Execution.IsDeterministic,
            },
        };

    /// <summary>The next settings that are not among those tried, or null where none are found.</summary>
    internal ValueList<Assignment>? Untried(
        IReadOnlyList<ValueList<Assignment>> tried,
        IReadOnlyList<ScoredSettings> scored
    )
    {
        const int attempts = 100;
        ISearch search = Proposals;
        return Enumerable
            .Range(0, attempts)
            .Select(attempt => search.Propose(tried.Count, attempt, scored))
            .FirstOrDefault(settings => settings is null || !tried.Contains(settings));
    }

    private static Recipe WithHeldOut(Recipe recipe) =>
        recipe.Data.HoldsOut ? recipe : recipe with { Data = recipe.Data with { HeldOut = UsualHeldOut } };

    private static void Require(string option, int? value, int least)
    {
        if (value < least)
        {
            throw new UsageException($"{option} is {value}, expected {least} or more.");
        }
    }
}
