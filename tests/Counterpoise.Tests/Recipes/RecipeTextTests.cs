using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runtime;
using CsCheck;

namespace Counterpoise.Tests.Recipes;

public sealed class RecipeTextTests
{
    private static readonly string[] Models =
    [
        .. NetworkCatalogue.All.Select(network => network.Name),
        "a \"name\"\\ with\n\t everything: é€😀",
    ];

    private static readonly Gen<double> Positive = Gen.OneOf(
        Gen.Double[1e-9, 100],
        Gen.OneOf(1e-300, 1e-5, 0.1, 1, 1e16, 1e300)
    );

    private static readonly Gen<double> Share = Gen.OneOf(Gen.Double[0, 1], Gen.OneOf(0.0, 1.0));

    private static readonly Gen<Method> AnyMfw = Gen.Select(
        Positive,
        Gen.OneOf(Gen.Const((double?)null), Positive.Select(beta => (double?)beta)),
        Gen.Enum<WeightFunction>(),
        Gen.Int[0, 3],
        Share,
        (alpha, beta, weight, stage, until) =>
            (Method)
                new Mfw
                {
                    Alpha = alpha,
                    Beta = beta,
                    Weight = weight,
                    Stage = stage,
                    Until = until,
                }
    );

    private static readonly Gen<Method> AnyWeights = Gen.OneOf(
        Gen.Select(Share, (start) => (Method)new Drw { Start = start, Beta = 0.99 }),
        Gen.Double[0, 0.999].Select(beta => (Method)new ClassBalanced { Beta = beta })
    );

    private static readonly Gen<Method[]> AnyMethods = Gen.OneOf(
        Gen.Const(Array.Empty<Method>()),
        AnyMfw.Select(mfw => (Method[])[mfw]),
        AnyWeights.Select(weights => (Method[])[weights]),
        Gen.Select(AnyMfw, AnyWeights, (mfw, weights) => (Method[])[mfw, weights]),
        Gen.Select(AnyMfw, AnyWeights, (mfw, weights) => (Method[])[weights, mfw])
    );

    private static readonly Gen<DataSettings> AnyData = Gen.Select(
        Gen.Enum<ImbalanceKind>(),
        Gen.Double[1, 1000],
        Gen.ULong,
        Gen.Int[0, 5],
        Gen.Int[8, 1024],
        Gen.OneOf(Gen.Const((int?)null), Gen.Int[0, 20].Select(pad => (int?)pad)),
        Gen.Bool,
        Gen.Select(Gen.Enum<AutoAugmentPolicy>(), Gen.Int[0, 8], Share, Gen.Int[0, 10], Gen.Enum<NormalisationKind>()),
        (kind, rho, seed, heldOut, size, pad, flip, stronger) =>
            new DataSettings
            {
                Imbalance = kind,
                Rho = rho,
                Seed = seed,
                HeldOut = heldOut,
                ImageSize = size,
                Pad = pad,
                Flip = flip,
                AutoAugment = stronger.Item1,
                Cutout = stronger.Item2,
                ColourJitter = stronger.Item3,
                RandAugment = stronger.Item4,
                Normalisation = stronger.Item5,
            }
    );

    private static readonly Gen<TrainingSettings> AnyTraining = Gen.Select(
        Gen.Int[1, int.MaxValue],
        Positive,
        Gen.Enum<ScheduleKind>(),
        Gen.Int[0, 1000].Array[0, 4],
        Share,
        Gen.Enum<Precision>(),
        (epochs, rate, schedule, milestones, share, precision) =>
            new TrainingSettings
            {
                Epochs = epochs,
                BatchSize = 7,
                LearningRate = rate,
                Warmup = 0,
                Schedule = schedule,
                Milestones = new ValueList<int>(milestones),
                Factor = share,
                Momentum = share,
                WeightDecay = share,
                Optimizer = share < 0.5 ? OptimizerKind.Sgd : OptimizerKind.Adamw,
                Beta1 = share / 2,
                Beta2 = share / 3,
                Epsilon = rate,
                WeightDecayOn = share < 0.7 ? DecayedParameters.Kernels : DecayedParameters.All,
                Freeze = share < 0.3 ? "" : "layer2",
                UnfreezeAfter = milestones.Length,
                LayerDecay = 1 - (share / 2),
                LabelSmoothing = share / 4,
                Ema = share / 5,
                EvaluateEvery = 3,
                Precision = precision,
            }
    );

    private static readonly Gen<Recipe> AnyRecipe = Gen.Select(
        AnyMethods,
        Gen.OneOf(Models),
        Gen.OneOf(Gen.ULong, Gen.OneOf(0UL, (ulong)long.MaxValue + 1, ulong.MaxValue)),
        AnyData,
        AnyTraining,
        (methods, model, seed, data, training) =>
            methods.Aggregate(Recipe.Erm, (recipe, method) => recipe.With(method)) with
            {
                Model = model,
                Seed = seed,
                Data = data,
                Training = training,
            }
    );

    [Theory]
    [InlineData("mixup", "alpha", "weakening", "weight", "beta")]
    [InlineData("remix", "alpha", "kappa", "tau", "weakening", "weight", "beta")]
    [InlineData("manifold-mixup", "alpha", "stages", "loss")]
    [InlineData("mfw", "alpha", "beta", "weight", "strength", "partner", "stage", "until")]
    [InlineData("crt", "epochs", "learning_rate", "weight_decay", "freeze_statistics")]
    [InlineData("lws", "epochs", "learning_rate", "weight_decay", "freeze_statistics")]
    [InlineData("de-confound", "groups", "scale", "gamma")]
    [InlineData("de-confound-tde", "groups", "scale", "gamma", "alpha", "momentum")]
    public void The_keys_of_a_method_have_their_order(string method, params string[] keys) =>
        Assert.Equal(
            keys,
            Recipe
                .Parse($"method = \"{method}\"")
                .ToToml()
                .Split('\n')
                .SkipWhile(line => line != $"[{method}]")
                .Skip(1)
                .TakeWhile(line => !line.StartsWith('['))
                .Where(line => line.Contains('='))
                .Select(line => line.Split('=')[0].Trim())
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_back(bool comments) =>
        AnyRecipe.Sample(recipe =>
            Assert.Equal(recipe, RecipeText.Parse(RecipeText.Write(recipe, comments), "x.toml"))
        );

    [Theory]
    [InlineData("erm", "epochs=3", "training.epochs=3")]
    [InlineData("erm", "image_size=64", "data.image_size=64")]
    [InlineData("crt", "training.epochs=3", "training.epochs=3")]
    [InlineData("mfw", "alpha=2", "mfw.alpha=2")]
    [InlineData("erm", "seed=4", "seed=4")] // Not that of the data.
    public void The_last_part_of_a_key_is_enough_where_it_is_of_one_alone(string method, string given, string meant)
    {
        Recipe recipe = Recipe.Erm.WithMethods(method);

        Assert.Equal(RecipeText.Set(recipe, meant), RecipeText.Set(recipe, given));
        Assert.Equal([RecipeText.Set(recipe, meant)], RecipeText.SetWhereItApplies([recipe], given));
    }

    [Theory]
    [InlineData("crt", "epochs=3", "'epochs' is short for training.epochs and crt.epochs; write which.")]
    [InlineData("erm", "lr=0.1", "key 'lr' is not known; did you mean 'training.learning_rate'?")]
    [InlineData(
        "erm",
        "batch=4",
        "key 'batch' is not known; did you mean 'training.batch_size' or 'training.batch_norm'?"
    )]
    [InlineData("erm", "data.epochs=4", "key 'data.epochs' is not known; did you mean 'training.epochs'?")]
    [InlineData("erm", "warmpu=4", "key 'warmpu' is not known; did you mean 'training.warmup'?")]
    public void What_is_short_for_several_keys_or_none_is_refused(string method, string given, string message) =>
        Assert.EndsWith(
            message,
            Assert.Throws<UsageException>(() => RecipeText.Set(Recipe.Erm.WithMethods(method), given)).Message
        );

    [Fact]
    public void Several_recipes_are_looked_at_together()
    {
        Recipe[] recipes = [Recipe.Erm, Recipe.Erm.WithMethods("mfw")];

        Assert.Equal(
            [recipes[0], RecipeText.Set(recipes[1], "mfw.alpha=2")],
            RecipeText.SetWhereItApplies(recipes, "alpha=2")
        );
        Assert.Throws<UsageException>(() =>
            RecipeText.SetWhereItApplies([Recipe.Erm, Recipe.Erm.WithMethods("crt")], "epochs=2")
        );
    }

    [Fact]
    public void Every_setting_can_be_set_to_what_is_written() =>
        AnyRecipe
            .Where(recipe => !recipe.Model.Contains('"'))
            .Sample(recipe =>
            {
                Recipe set = RecipeText.Set(Recipe.Erm, $"method={recipe.MethodNames}");
                foreach ((string key, string value, _) in RecipeText.Describe(recipe))
                {
                    set = RecipeText.Set(set, $"{key}={value}");
                }

                Assert.Equal(recipe, set);
            });

    [Fact]
    public void An_empty_text_is_the_default_recipe() => Assert.Equal(Recipe.Default, RecipeText.Parse("", "x.toml"));

    [Fact]
    public void Comments_document_every_key()
    {
        string[] lines = RecipeText.Write(Recipe.Erm.With(new Mfw()), comments: true).Split('\n');
        Assert.Equal(
            $"# Methods joined by '+': {string.Join(", ", MethodCatalogue.All.Select(method => method.Name))}",
            lines[0]
        );
        Assert.Equal("method = \"mfw\"", lines[1]);
        int beta = Array.IndexOf(lines, "beta = \"auto\"");
        Assert.Equal(
            "# Scale of the weakening weight, larger is smoother; auto is 2, or 0.01 for a step imbalance. "
                + "Expected: a number above 0, or \"auto\".",
            lines[beta - 1]
        );
        for (int i = 1; i < lines.Length; i++)
        {
            Assert.True(!lines[i].Contains(" = ", StringComparison.Ordinal) || lines[i - 1].StartsWith('#'), lines[i]);
        }
    }

    [Theory]
    [InlineData("training.epochs=40")]
    [InlineData("training.epochs = 40")]
    public void One_setting_is_changed_by_an_assignment(string assignment) =>
        Assert.Equal(
            Recipe.Erm with
            {
                Training = new TrainingSettings { Epochs = 40 },
            },
            RecipeText.Set(Recipe.Erm, assignment)
        );

    [Fact]
    public void Assignments_reach_every_kind_of_setting()
    {
        Recipe recipe = new[]
        {
            "method=mfw+drw",
            "mfw.alpha=0.5",
            "mfw.beta=3",
            "mfw.weight=sigmoid",
            "drw.start=0.5",
            "data.imbalance=long-tailed",
            "data.flip=false",
            "data.pad=auto",
            "training.milestones=[60, 80]",
            "training.precision=\"bf16\"",
            "model=resnet20",
            "seed=7",
        }.Aggregate(Recipe.Erm, RecipeText.Set);
        Assert.Equal(
            Recipe
                .Erm.With(
                    new Mfw
                    {
                        Alpha = 0.5,
                        Beta = 3,
                        Weight = WeightFunction.Sigmoid,
                    }
                )
                .With(new Drw { Start = 0.5 }) with
            {
                Model = "resnet20",
                Seed = 7,
                Data = new DataSettings { Imbalance = ImbalanceKind.LongTailed, Flip = false },
                Training = new TrainingSettings { Milestones = new ValueList<int>(60, 80), Precision = Precision.Bf16 },
            },
            recipe
        );
        Assert.Equal(
            new Mfw { Alpha = 0.5, Weight = WeightFunction.Sigmoid },
            RecipeText.Set(recipe, "mfw.beta=auto").Methods[0]
        );
        Assert.Empty(RecipeText.Set(recipe, "training.milestones=[]").Training.Milestones);
    }

    [Theory]
    [InlineData("[training]\nepoch = 3", "x.toml: key 'training.epoch' is not known; did you mean 'training.epochs'?")]
    [InlineData("[trainig]\nepochs = 3", "x.toml: key 'trainig.epochs' is not known; did you mean 'training.epochs'?")]
    [InlineData("[trainig]", "x.toml: section [trainig] is not known; did you mean 'training'?")]
    [InlineData(
        "[training.epochs]",
        "x.toml: training.epochs is a section, expected a whole number, 1 or more (epochs)."
    )]
    [InlineData("training = 3", "x.toml: training is 3, expected a section [training].")]
    [InlineData("[[training]]", "x.toml: training is [a section], expected a section [training].")]
    [InlineData("[seed]", "x.toml: seed is a section, expected a key seed = ... above all sections.")]
    [InlineData("[method]", "x.toml: method is a section, expected text such as \"mfw+drw\".")]
    [InlineData("modell = \"resnet32\"", "x.toml: key 'modell' is not known; did you mean 'model'?")]
    [InlineData("method = \"mwf\"", "x.toml: method 'mwf' is not known; did you mean 'mfw'?")]
    [InlineData("method = 3", "x.toml: method is 3, expected text such as \"mfw+drw\".")]
    [InlineData(
        "method = \"mfw\"\n[mfw]\nalhpa = 1",
        "x.toml: key 'mfw.alhpa' is not known; did you mean 'mfw.alpha'?"
    )]
    [InlineData(
        "method = \"erm\"\n[mfw]\nalpha = 1",
        "x.toml: mfw.alpha belongs to mfw, but the method is erm; add it with method or remove mfw.alpha."
    )]
    [InlineData(
        "method = \"erm\"\n[mfw]",
        "x.toml: [mfw] belongs to mfw, but the method is erm; add it with method or remove [mfw]."
    )]
    [InlineData("[training]\nepochs = 0", "x.toml: training.epochs is 0, expected a whole number, 1 or more (epochs).")]
    [InlineData(
        "[training]\nepochs = 2.5",
        "x.toml: training.epochs is 2.5, expected a whole number, 1 or more (epochs)."
    )]
    [InlineData(
        "[training]\nepochs = true",
        "x.toml: training.epochs is true, expected a whole number, 1 or more (epochs)."
    )]
    [InlineData(
        "[training]\nepochs = 3000000000",
        "x.toml: training.epochs is 3000000000, expected a whole number, 1 or more (epochs)."
    )]
    [InlineData("[training]\nlearning_rate = nan", "x.toml: training.learning_rate is NaN, expected a number above 0.")]
    [InlineData(
        "[training]\nlearning_rate = inf",
        "x.toml: training.learning_rate is Infinity, expected a number above 0."
    )]
    [InlineData("[training]\nlearning_rate = 0", "x.toml: training.learning_rate is 0, expected a number above 0.")]
    [InlineData("[training]\nmomentum = 1.5", "x.toml: training.momentum is 1.5, expected a number from 0 to 1.")]
    [InlineData(
        "[training]\nschedule = \"cosin\"",
        "x.toml: training.schedule is cosin, expected cosine | multi-step | constant."
    )]
    [InlineData(
        "[training]\nmilestones = [1, -2]",
        "x.toml: training.milestones is [1, -2], expected a list of whole numbers (epochs)."
    )]
    [InlineData(
        "[training]\nmilestones = [\"a\"]",
        "x.toml: training.milestones is [a], expected a list of whole numbers (epochs)."
    )]
    [InlineData("[data]\nflip = 1", "x.toml: data.flip is 1, expected true | false.")]
    [InlineData("[data]\nauto_augment = \"imagenet\"", "x.toml: data.auto_augment is imagenet, expected none | cifar.")]
    [InlineData("[data]\ncutout = -1", "x.toml: data.cutout is -1, expected a whole number, 0 or more (pixels).")]
    [InlineData(
        "[data]\npad = \"none\"",
        "x.toml: data.pad is none, expected a whole number, 0 or more (pixels), or \"auto\"."
    )]
    [InlineData(
        "[data]\nimage_size = \"auto\"",
        "x.toml: data.image_size is auto, expected a whole number from 8 to 1024 (pixels)."
    )]
    [InlineData("model = 3", "x.toml: model is 3, expected text.")]
    [InlineData("seed = -1", "x.toml: seed is -1, expected a whole number, 0 or more.")]
    public void A_wrong_recipe_is_refused_in_one_line(string toml, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => RecipeText.Parse(toml, "x.toml")).Message);

    [Theory]
    [InlineData("seed = ")]
    [InlineData("seed = 1\nseed = 2")]
    [InlineData("[data]\n[data]")]
    [InlineData("model = \"x")]
    public void What_is_not_TOML_is_refused_in_one_line(string toml)
    {
        string message = Assert.Throws<UsageException>(() => RecipeText.Parse(toml, "x.toml")).Message;
        Assert.StartsWith("x.toml is not valid TOML: ", message);
        Assert.DoesNotContain("\n", message);
    }

    [Theory]
    [InlineData("training.epochs", "set training.epochs is not of the form key=value, such as training.epochs=40.")]
    [InlineData("training.epochs=x", "set: training.epochs is x, expected a whole number, 1 or more (epochs).")]
    [InlineData("training.epochs=", "set: training.epochs is empty, expected a whole number, 1 or more (epochs).")]
    [InlineData("training.epoch=3", "set: key 'training.epoch' is not known; did you mean 'training.epochs'?")]
    [InlineData("method=mfw+lwss", "set: method 'lwss' is not known; did you mean 'lws'?")]
    [InlineData("training=3", "set: training is 3, expected a section [training].")]
    public void A_wrong_assignment_is_refused_in_one_line(string assignment, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => RecipeText.Set(Recipe.Erm, assignment)).Message);
}
