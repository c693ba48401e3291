namespace Counterpoise.Tuning;

/// <summary>Decides what is trained next.</summary>
internal interface IStudyRules
{
    /// <summary>The next training, which may be noted as waiting on the way.</summary>
    /// <param name="rows">What is known.</param>
    /// <param name="retrains">Whether to train on the full set at the end.</param>
    /// <returns>Null where there is none now: all is done, or what is running decides.</returns>
    TrialTraining? Next(StudyRows rows, bool retrains);

    /// <summary>How long a training that is handed out may go on before it is saved and given back; null for as long as it takes.</summary>
    TimeSpan? LimitOf(StudyRows rows, TrialTraining run) => null;
}
