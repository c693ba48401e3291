using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Runtime;
using static Counterpoise.Basics.SettingName;

namespace Counterpoise.Recipes;

/// <summary>
/// Everything that decides what a training computes, apart from the images themselves: methods, network, seed, data
/// preparation and optimisation. Recipes compare by value and can be written to TOML and parsed back.
/// </summary>
/// <example><code>Recipe recipe = Recipe.Erm.With(new Mfw { Alpha = 1 }).With(new Drw());</code></example>
public sealed record Recipe
{
    private NetworkDescription? ownNetwork;
    private Derived<IReadOnlyList<Phase>> phases;

    /// <summary>Plain training of a ResNet-32.</summary>
    public static Recipe Erm { get; } = new();

    /// <summary>What the tool trains unless told otherwise: MFW on a ResNet-32.</summary>
    public static Recipe Default { get; } = Erm.With(new Mfw());

    /// <summary>The methods, in the order they fill their slots; none is plain training.</summary>
    public ValueList<Method> Methods
    {
        get;
        private init
        {
            field = value;
            phases = default;
        }
    } = new();

    /// <summary>The network's name.</summary>
    /// <value>text; "resnet32" unless set</value>
    [Setting("The network")]
    public string Model
    {
        get;
        init
        {
            field = value;
            phases = default;
        }
    } = "resnet32";

    /// <summary>
    /// The parameters that the network starts from: a safetensors file; <c>resnet18</c>, <c>resnet34</c>, <c>resnet50</c>,
    /// <c>resnext50</c> or <c>densenet121</c> for what torchvision trained on ImageNet; or a repository of timm's on the
    /// Hugging Face hub, such as <c>timm/resnet50.a1_in1k</c>. Empty for random ones.
    /// </summary>
    /// <value>text; "" unless set</value>
    [Setting(
        "Parameters that the network starts from: a safetensors file, the network's name for what torchvision trained on ImageNet, or timm/... for a repository on the Hugging Face hub; empty for random ones"
    )]
    public string Pretrained { get; init; } = "";

    /// <summary>The seed of initial parameters, order, augmentation and mixing.</summary>
    /// <value>a whole number, 0 or more; 0 unless set</value>
    [Setting("Seed of initial parameters, order, augmentation and mixing", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Which images are trained on.</summary>
    public DataSettings Data { get; init; } = new();

    /// <summary>How long and how fast is trained.</summary>
    public TrainingSettings Training
    {
        get;
        init
        {
            field = value;
            phases = default;
        }
    } = new();

    /// <summary>Among which images mixing partners are drawn.</summary>
    internal MixingSettings Mixing { get; init; } = new();

    /// <summary>What <see cref="Model"/> names: a network of the library, or one that was given by <see cref="With(NetworkDescription)"/>.</summary>
    /// <exception cref="UsageException">No such network is known; the message suggests the nearest name.</exception>
    public NetworkDescription Network
    {
        get
        {
            NetworkDescription named = ownNetwork?.Name == Model ? ownNetwork : NetworkCatalogue.Find(Model);
            return named.TakesFeatures && Training.FeatureScale != FeatureScale.Common
                ? FeatureNetwork.Description(named.Features, isScaled: true)
                : named;
        }
    }

    /// <summary>The methods' names joined by '+', such as <c>mfw+drw</c>; <c>erm</c> for none.</summary>
    public string MethodNames => Methods.Count == 0 ? "erm" : string.Join('+', Methods.Select(method => method.Name));

    /// <summary>The phases with their slots filled: the one that trains the network, and the second one of a method that has it.</summary>
    /// <exception cref="UsageException">Two methods have a second phase, or one cannot follow the first; the message names them.</exception>
    public IReadOnlyList<Phase> Phases => phases.Value ??= FillPhases();

    /// <summary>This recipe without the methods that have a second phase: what trains the network they start from.</summary>
    /// <exception cref="UsageException">A method cannot follow the first phase; the message says why.</exception>
    public Recipe WithoutSecondPhase()
    {
        Phase first = Phases[0];
        return this with { Methods = new(Methods.Where(method => method.Follow(first) is null)) };
    }

    /// <summary>This recipe with a method more, or with other settings of one that it has.</summary>
    /// <exception cref="UsageException">The method fills a slot that another one fills; the message names both.</exception>
    public Recipe With(Method method)
    {
        ArgumentNullException.ThrowIfNull(method);
        bool replaces = Methods.Any(own => own.Name == method.Name);
        Recipe recipe = this with
        {
            Methods =
                method is Erm ? Methods
                : replaces ? new(Methods.Select(own => own.Name == method.Name ? method : own))
                : new(Methods.Append(method)),
        };
        _ = recipe.Phases;
        return recipe;
    }

    /// <summary>This recipe with a network, of the library or of a program's own.</summary>
    public Recipe With(NetworkDescription network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return this with { Model = network.Name, ownNetwork = NetworkCatalogue.All.Contains(network) ? null : network };
    }

    /// <summary>Reads a recipe in TOML; keys that are not given have their defaults.</summary>
    /// <param name="toml">The text.</param>
    /// <param name="methods">Methods of one's own that it may name, with their default settings; null for none.</param>
    /// <param name="networks">Networks of one's own that it may name; null for none.</param>
    /// <exception cref="UsageException">Not TOML, an unknown key or name, or a value that is not allowed.</exception>
    public static Recipe Parse(
        string toml,
        IEnumerable<Method>? methods = null,
        IEnumerable<NetworkDescription>? networks = null
    ) => RecipeText.Parse(toml, "the recipe", Vocabulary.BuiltIn.With(methods, networks));

    /// <summary>This recipe as TOML that <see cref="Parse"/> reads back to an equal one.</summary>
    public string ToToml() => RecipeText.Write(this);

    /// <summary>This recipe with other methods: those named that it has keep their settings, the others have the defaults.</summary>
    /// <param name="names">Names joined by '+'.</param>
    /// <param name="known">The methods that can be named; null for the library's and those of this recipe.</param>
    /// <exception cref="UsageException">A name is not known, occurs twice, or two methods fill the same slot.</exception>
    public Recipe WithMethods(string names, Vocabulary? known = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        IReadOnlyList<Method> chosen = (known ?? Vocabulary.Of(this)).Compose(names);
        if (chosen.GroupBy(method => method.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"method '{names}' names '{twice.Key}' twice; name each method once.");
        }

        return chosen
            .Select(method => Methods.FirstOrDefault(own => own.Name == method.Name) ?? method)
            .Aggregate(this with { Methods = new() }, (recipe, method) => recipe.With(method));
    }

    /// <summary>This recipe with every automatic setting replaced by its value, checked as a whole.</summary>
    /// <exception cref="UsageException">
    /// A value is out of its range; the network is not known, has no stage that a method mixes after or that is frozen or no last block that one
    /// replaces; a loss has no meaning for smoothed labels; images would be padded or cut by more than their size; or an automatic setting has no
    /// value for this recipe.
    /// </exception>
    public Recipe Resolve()
    {
        RecipeText.Check(this);
        NetworkDescription network = Network;
        Recipe resolved = this with
        {
            Data = ResolveData(network),
            Training = TrainingFit.Resolve(Training, network, Phases[0]),
            Methods = new(Methods.Select(method => method.Resolve(new MethodContext(Data, Training, network)))),
        };
        if (resolved.Data.Pad > Data.ImageSize)
        {
            throw new UsageException(
                $"data.pad is {resolved.Data.Pad} pixels, expected at most data.image_size, which is {Data.ImageSize}."
            );
        }

        if (resolved.Phases[0].Head is { Value.ReplacesLastBlock: true } head && !network.HasLastBlock)
        {
            throw new UsageException(
                $"{head.By} replaces the network's last block, and {Model} is not made of blocks that can be replaced; "
                    + $"choose a residual network with {Named("model")}, or another method."
            );
        }

        foreach (Slot<IMixer> mixer in resolved.Phases.Select(phase => phase.Mixer).OfType<Slot<IMixer>>())
        {
            int[] missing = [.. mixer.Value.Stages.Where(stage => stage < 0 || stage >= network.Stages.Count)];
            if (missing.Length > 0)
            {
                throw new UsageException(
                    $"{mixer.By} mixes after stage {missing[0]}, but {Model} has stages 0 to {network.Stages.Count - 1} "
                        + $"({string.Join(", ", network.Stages)}); choose from them."
                );
            }
        }

        TrainingFit.Require(Training, network, resolved.Phases, resolved.Data.Views);
        return resolved;
    }

    /// <summary>Published parameters fit the network that they name, and pixels as they were in its training.</summary>
    private DataSettings ResolveData(NetworkDescription network)
    {
        DataSettings data = Data.Resolve();
        if (PublishedParameters.RepositoryOf(Pretrained) is null)
        {
            return data;
        }

        bool isOther = PublishedParameters.Names.Contains(Pretrained) && Pretrained != Model;
        if (isOther && NetworkCatalogue.All.Contains(network))
        {
            throw new UsageException(
                $"pretrained is {Pretrained}, which is of another network than {Model}; choose {Pretrained} with {Named("model")}, or other parameters with {Named("pretrained")}."
            );
        }

        return data.Normalisation == NormalisationKind.Auto
            ? data with
            {
                Normalisation = NormalisationKind.Imagenet,
            }
            : data;
    }

    private IReadOnlyList<Phase> FillPhases()
    {
        Phase first = Methods.Aggregate(new Phase("train", Training), (phase, method) => method.Fill(phase));
        (Phase Phase, string By)[] second =
        [
            .. Methods
                .Select(method => (Phase: method.Follow(first), method.Name))
                .Where(pair => pair.Phase is not null)
                .Select(pair => (pair.Phase!, pair.Name)),
        ];
        if (second.Length > 1)
        {
            throw new UsageException(
                $"methods '{second[0].By}' and '{second[1].By}' cannot be combined: both have a second phase; choose one of them."
            );
        }

        return second is [{ Phase.IsEstimated: true } only] && Network.TakesFeatures
            ? [OnlyPhase(only.Phase)]
            : [first, .. second.Select(pair => pair.Phase)];
    }

    /// <summary>A frozen network has nothing to learn before its classifier is computed.</summary>
    private Phase OnlyPhase(Phase estimated) =>
        Methods.FirstOrDefault(method => method.Name != estimated.Name) is { Name: var other }
            ? throw new UsageException(
                $"methods '{other}' and '{estimated.Name}' cannot be combined: {Model} is a classifier alone, which {estimated.Name} computes, so that there is nothing left for {other}; choose one of them."
            )
            : estimated;
}
