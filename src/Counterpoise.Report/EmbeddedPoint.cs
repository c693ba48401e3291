namespace Counterpoise.Report;

/// <summary>A feature vector laid out in the plane, by t-SNE or PCA.</summary>
/// <param name="X">Its place from left to right, in no unit.</param>
/// <param name="Y">Its place from bottom to top, in the same unit.</param>
/// <param name="Label">The class in label order.</param>
/// <param name="IsTest">Whether it is of a test image; otherwise of a training image.</param>
public readonly record struct EmbeddedPoint(double X, double Y, int Label, bool IsTest);
