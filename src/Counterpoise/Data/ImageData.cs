namespace Counterpoise.Data;

/// <summary>A data set as training uses it: a part to train on and a part that is only ever tested on.</summary>
/// <param name="Name">A short name for tables and folders, such as <c>cifar10</c>.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images; same classes in the same order, same size.</param>
/// <param name="Notes">What the user must be told, one line each: how the test part was made, files skipped.</param>
public sealed record ImageData(string Name, IImageSource Train, IImageSource Test, IReadOnlyList<string> Notes)
    : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Test.Dispose();
    }
}
