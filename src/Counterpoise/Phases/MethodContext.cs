using Counterpoise.Data;
using Counterpoise.Networks;

namespace Counterpoise.Phases;

/// <summary>What a method's automatic settings may depend on: the rest of the recipe.</summary>
/// <param name="Data">Which images are trained on.</param>
/// <param name="Training">How long and how fast the first phase trains.</param>
/// <param name="Network">The network.</param>
public sealed record MethodContext(DataSettings Data, TrainingSettings Training, NetworkDescription Network);
