using Counterpoise.Tests;

namespace Counterpoise.Serving.Tests;

public sealed class FilePredictionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Predictions_come_in_the_order_of_the_paths_with_what_could_not_be_read_between_them()
    {
        using OnnxClassifier classifier = Example.Classifier();
        string[] paths = [.. Enumerable.Range(0, 150).Select(i => folder[$"{i}.png"])];
        for (int i = 0; i < paths.Length; i++)
        {
            File.WriteAllBytes(paths[i], i % 10 == 3 ? [1, 2, 3] : Example.Picture(i % 5));
        }

        ImagePrediction[] found =
        [
            .. FilePredictions.Of(classifier, paths, top: 2, stop: TestContext.Current.CancellationToken),
        ];

        Assert.Equal(paths, found.Select(prediction => prediction.Image));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(i % 10 == 3, found[i].Error is not null);
            Assert.Equal(i % 10 == 3 ? 0 : 2, found[i].Top.Count);
            if (i >= 10 && i % 10 != 3)
            {
                Assert.Equal(found[i - 10 >= 0 ? i % 10 : i].Top[0].Class, found[i].Top[0].Class);
                Assert.Equal(found[i % 10].Top[0].Probability, found[i].Top[0].Probability, 1e-5);
            }
        }
    }

    [Fact]
    public void Paths_are_read_as_they_are_needed()
    {
        using OnnxClassifier classifier = Example.Classifier();
        File.WriteAllBytes(folder["a.png"], Example.Picture(0));
        int asked = 0;
        IEnumerable<string> paths = Enumerable.Range(0, int.MaxValue).Select(_ => (asked++, folder["a.png"]).Item2);
        ImagePrediction[] found =
        [
            .. FilePredictions.Of(classifier, paths, top: 1, stop: TestContext.Current.CancellationToken).Take(100),
        ];
        Assert.Equal(100, found.Length);
        Assert.True(asked <= 100 + (3 * 64), $"{asked} paths were asked for");
    }

    [Fact]
    public void One_by_one_each_is_told_before_the_next_path_is_asked_for()
    {
        using OnnxClassifier classifier = Example.Classifier();
        File.WriteAllBytes(folder["a.png"], Example.Picture(0));
        int asked = 0;
        IEnumerable<string> paths = Enumerable.Range(0, 5).Select(_ => (asked++, folder["a.png"]).Item2);
        int told = 0;
        foreach (
            ImagePrediction _ in FilePredictions.Of(
                classifier,
                paths,
                top: 1,
                oneByOne: true,
                stop: TestContext.Current.CancellationToken
            )
        )
        {
            Assert.Equal(++told, asked);
        }

        Assert.Equal(5, told);
    }
}
