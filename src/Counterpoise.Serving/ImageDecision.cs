using System.Text.Json.Serialization;

namespace Counterpoise.Serving;

/// <summary>What was decided on an image, by the decision that its classifier came with.</summary>
/// <param name="Class">The class; null where it is left to people, and where alarms are raised instead.</param>
/// <param name="Alarms">The classes that raise an alarm, none or several; null where a class is decided for.</param>
public sealed record ImageDecision(
    string? Class,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Alarms
);
