namespace Counterpoise.Tuning;

/// <summary>How values are proposed.</summary>
internal enum SearchKind
{
    /// <summary>Every combination of listed values.</summary>
    Grid,

    /// <summary>Drawn evenly.</summary>
    Random,

    /// <summary>Drawn where results were good: the tree-structured Parzen estimator.</summary>
    Tpe,
}
