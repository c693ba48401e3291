namespace Counterpoise.Reproduction;

/// <summary>A data set of the paper, before it is made imbalanced.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Classes">Its classes; data is recognised by their number.</param>
/// <param name="TrainingImages">Its training images.</param>
internal sealed record PaperData(string Name, int Classes, int TrainingImages)
{
    /// <summary>CIFAR-10.</summary>
    public static PaperData Cifar10 { get; } = new("CIFAR-10", 10, 50_000);

    /// <summary>CIFAR-100.</summary>
    public static PaperData Cifar100 { get; } = new("CIFAR-100", 100, 50_000);

    /// <summary>ImageNet-LT.</summary>
    public static PaperData ImageNetLt { get; } = new("ImageNet-LT", 1000, 115_846);
}
