namespace Counterpoise.Report;

/// <summary>A place in the plane that stands for an image's features, by t-SNE or principal components.</summary>
/// <param name="X">Left to right, in no unit.</param>
/// <param name="Y">Bottom to top, in the same unit.</param>
/// <param name="Label">The image's class.</param>
/// <param name="IsTest">Whether it is a test image; otherwise a training image.</param>
public readonly record struct EmbeddedPoint(double X, double Y, int Label, bool IsTest);
