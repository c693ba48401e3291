using Counterpoise.Serving;

namespace Counterpoise.Cli.Output;

/// <summary>Writes predictions to standard output as they come.</summary>
internal interface IPredictionWriter : IDisposable
{
    /// <summary>Writes what comes before the first.</summary>
    void Begin();

    /// <summary>Writes one, at once.</summary>
    void Write(ImagePrediction prediction);
}
