using System.Globalization;

namespace Counterpoise.Tuning;

/// <summary>Counts the time of a choice, over interruptions, which do not count.</summary>
/// <param name="before">The seconds that it had taken when this process went on with it.</param>
/// <param name="since">When this process began, in universal time.</param>
internal sealed class ChoiceClock(double before, DateTime since)
{
    /// <summary>Keeps the time until now.</summary>
    internal void Save(StudyRows rows) =>
        rows.Put(
            ChoiceRules.SpentKey,
            (before + (DateTime.UtcNow - since).TotalSeconds).ToString("R", CultureInfo.InvariantCulture)
        );
}
