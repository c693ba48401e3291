using Counterpoise.Phases;

namespace Counterpoise.Methods;

/// <summary>The methods that a recipe can name.</summary>
public static class MethodCatalogue
{
    /// <summary>All methods with their default settings.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new Erm(),
        new ClassBalanced(),
        new Drw(),
        new Ldam(),
        new Focal(),
        new Mixup(),
        new ManifoldMixup(),
        new Remix(),
        new Cdt(),
        new Seql(),
        new Crt(),
        new Lws(),
        new TauNorm(),
        new PostHocAdjustment(),
        new Bbn(),
        new Oltr(),
        new DeConfound(),
        new DeConfoundTde(),
        new Mfw(),
        new BalancedSoftmax(),
        new LogitAdjustment(),
        new ClassAware(),
        new SquareRoot(),
        new NearestMean(),
        new Lda(),
    ];
}
