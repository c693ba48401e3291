namespace Counterpoise.Data.Files;

/// <summary>What images of a data set are for.</summary>
internal enum Part
{
    /// <summary>To train on.</summary>
    Train,

    /// <summary>To choose settings by; tested on where there is no test part.</summary>
    Validation,

    /// <summary>To test on.</summary>
    Test,
}
