using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Tests.Training;
using Counterpoise.Training;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>Classifiers in closed form, against plain loops over images and features.</summary>
public sealed class ClosedFormTests
{
    private const int Length = 5;

    public static TheoryData<int, int, int> Counts =>
        new()
        {
            { 6, 4, 3 },
            { 12, 2, 1 },
            { 2, 2, 2 },
            { 40, 30, 20 },
        };

    [Theory]
    [MemberData(nameof(Counts))]
    public void The_nearest_mean_wins_and_logits_are_half_the_squared_distance(int first, int second, int third)
    {
        int[] counts = [first, second, third];
        (double[][] images, int[] labels) = Images(counts);
        double[][] means = Means(images, labels, counts);

        double[][] logits = Logits(new NearestMean(), images, labels, counts.Length);

        AssertSameButForAConstant(
            [.. images.Select(x => means.Select(mean => -Squared(Minus(x, mean)) / 2).ToArray())],
            logits
        );
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Lda_measures_distances_by_the_shrunk_covariance_within_classes(int first, int second, int third)
    {
        int[] counts = [first, second, third];
        (double[][] images, int[] labels) = Images(counts);
        double[][] means = Means(images, labels, counts);
        (double[,] covariance, double shrinkage) = Shrunk(images, labels, counts);
        string said = "";

        double[][] logits = Logits(new Lda(), images, labels, counts.Length, message => said = message);

        Assert.InRange(shrinkage, 0.01, 1);
        Assert.Equal($"lda: the covariance within classes is shrunk by {shrinkage:G3}", said);
        double[,] inverse = Inverse(covariance);
        AssertSameButForAConstant(
            [.. images.Select(x => means.Select(mean => -Form(inverse, Minus(x, mean)) / 2).ToArray())],
            logits
        );
    }

    /// <summary>Against the same sums with a weight for every view, in plain loops.</summary>
    [Fact]
    public void Views_share_the_weight_of_their_image()
    {
        using var scope = NewDisposeScope();
        int[] counts = [40, 20, 1];
        (double[][] images, int[] labels) = Images(counts);
        int[] views = [0, 0, 4, 47, 47, 47, 60];
        double[][] rows =
        [
            .. images,
            .. views.Select((image, view) => Images([8]).Images[view].Zip(images[image], (a, b) => a + b).ToArray()),
        ];
        int[] imageOf = [.. Enumerable.Range(0, images.Length), .. views];
        double[] shares = Array.ConvertAll(imageOf, image => 1.0 / imageOf.Count(other => other == image));
        double[][] means = new double[counts.Length][];
        for (int c = 0; c < counts.Length; c++)
        {
            means[c] = new double[Length];
            for (int row = 0; row < rows.Length; row++)
            {
                for (int d = 0; labels[imageOf[row]] == c && d < Length; d++)
                {
                    means[c][d] += shares[row] * rows[row][d] / counts[c];
                }
            }
        }

        double independent = images.Length - counts.Length;
        double[][] deviations = [.. rows.Select((x, row) => Minus(x, means[labels[imageOf[row]]]))];
        double[,] pooled = new double[Length, Length];
        double fourth = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            int count = counts[labels[imageOf[row]]];
            pooled = Add(pooled, Outer(deviations[row], deviations[row]), shares[row] / independent);
            fourth += count == 1 ? 0 : shares[row] * Math.Pow(Squared(deviations[row]), 2) * count / (count - 1);
        }

        double scale = Enumerable.Range(0, Length).Sum(i => pooled[i, i]) / Length;
        double noise = (fourth - (independent * Norm(pooled))) / (independent * independent);
        double shrinkage = noise / Norm(Add(pooled, Identity(), -scale));
        Tensor features = Tensor(rows);
        var all = new ImageRows(images.Length, views);

        Tensor foundMeans = ClassMeans.Of(features, all, labels, counts.Length);
        ShrunkCovariance found = ShrunkCovariance.Of(features, foundMeans, all, labels, null);

        Assert.Equal(means.SelectMany(mean => mean), Numbers.Of(foundMeans), (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.InRange(shrinkage, 0.01, 0.99);
        Assert.Equal(shrinkage, found.Shrinkage, 1e-10);
        double[,] shrunk = new double[Length, Length];
        shrunk = Add(Add(shrunk, pooled, 1 - shrinkage), Identity(), scale * shrinkage);
        Assert.Equal(shrunk.Cast<double>(), Numbers.Of(found.Matrix), (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void A_shrinkage_that_is_given_is_taken_and_all_of_it_is_the_nearest_mean()
    {
        (double[][] images, int[] labels) = Images([6, 4, 3]);

        double[][] all = Logits(new Lda { Shrinkage = 1 }, images, labels, 3);
        double[][] half = Logits(new Lda { Shrinkage = 0.5 }, images, labels, 3);
        double[][] nearest = Logits(new NearestMean(), images, labels, 3);

        double scale = (all[0][0] - all[0][1]) / (nearest[0][0] - nearest[0][1]);
        AssertSameButForAConstant([.. nearest.Select(row => row.Select(logit => logit * scale).ToArray())], all);
        Assert.NotEqual(all[0][0] - all[0][1], half[0][0] - half[0][1], 1e-3);
    }

    /// <summary>Two images of a class differ by one independent vector: Ledoit and Wolf's formula on these, as they wrote it.</summary>
    [Fact]
    public void Pairs_are_shrunk_as_half_as_many_independent_vectors_are()
    {
        int[] counts = [2, 2, 2, 2, 2, 2];
        (double[][] images, int[] labels) = Images(counts);
        double[][] vectors =
        [
            .. Enumerable
                .Range(0, counts.Length)
                .Select(pair =>
                    Minus(images[2 * pair], images[(2 * pair) + 1]).Select(d => d / Math.Sqrt(2)).ToArray()
                ),
        ];
        double[,] covariance = Mean(vectors.Select(x => Outer(x, x)));
        double scale = Enumerable.Range(0, Length).Sum(i => covariance[i, i]) / Length;
        double distance = Norm(Add(covariance, Identity(), -scale));
        double noise = vectors.Sum(x => Norm(Add(Outer(x, x), covariance, -1))) / (vectors.Length * vectors.Length);

        Assert.Equal(Math.Min(1, noise / distance), Of(images, labels, counts, null).Shrinkage, 1e-10);
    }

    /// <summary>The more images, the less of the identity; and the estimate is nearer to the truth than the covariance itself.</summary>
    [Fact]
    public void What_is_shrunk_is_nearer_to_the_truth()
    {
        double before = 1;
        foreach (int images in new[] { 4, 20, 200 })
        {
            int[] counts = [images, images, images];
            (double[][] drawn, int[] labels) = Images(counts);
            ShrunkCovariance found = Of(drawn, labels, counts, null);
            ShrunkCovariance plain = Of(drawn, labels, counts, 1e-9);

            Assert.True(found.Shrinkage < before, $"{images}: {found.Shrinkage}");
            Assert.True(Distance(found) < Distance(plain) + 1e-9, $"{images}: {Distance(found)}, {Distance(plain)}");
            before = found.Shrinkage;
        }

        static double Distance(ShrunkCovariance estimate)
        {
            double[] numbers = Numbers.Of(estimate.Matrix);
            double[,] difference = new double[Length, Length];
            for (int i = 0; i < Length; i++)
            {
                for (int j = 0; j < Length; j++)
                {
                    difference[i, j] = numbers[(i * Length) + j] - (i == j ? Deviation(i) * Deviation(i) : 0);
                }
            }

            return Norm(difference);
        }
    }

    [Fact]
    public void Images_that_do_not_differ_within_classes_have_no_covariance()
    {
        (double[][] images, int[] labels) = Images([1, 1, 1]);

        string message = Assert.Throws<UsageException>(() => Logits(new Lda(), images, labels, 3)).Message;

        Assert.Contains("no class has two images that do", message);
        Assert.Contains("nearest-mean", message);
        Assert.Throws<UsageException>(() => Logits(new Lda(), [images[0], images[0]], [0, 0], 1));
        Assert.True(
            Logits(new Lda(), [images[0], images[1], images[2]], [0, 0, 1], 2)
                .SelectMany(row => row)
                .All(double.IsFinite)
        );
    }

    [Theory]
    [InlineData("mfw+lda")]
    [InlineData("nearest-mean+ldam")]
    public void Nothing_else_has_an_effect_on_features(string methods)
    {
        Recipe recipe = RecipeText.Set(Recipe.Erm, "model=features12");

        string message = Assert.Throws<UsageException>(() => recipe.WithMethods(methods)).Message;

        Assert.Contains("cannot be combined: features12 is a classifier alone", message);
        Assert.Equal(2, Recipe.Erm.WithMethods(methods).Phases.Count);
    }

    [Fact]
    public void Phases_follow_the_network()
    {
        Recipe pixels = Recipe.Erm.With(new Lda());
        Recipe features = pixels with { Model = "features12" };

        Assert.Equal(["train", "lda"], pixels.Phases.Select(phase => phase.Name));
        Assert.Equal(["lda"], features.Phases.Select(phase => phase.Name));
        Assert.Equal(["train", "lda"], (features with { Model = "resnet8" }).Phases.Select(phase => phase.Name));
        Assert.Equal(1, features.Resolve().Training.Epochs);
        Assert.Equal(200, pixels.Resolve().Training.Epochs);
    }

    [Fact]
    public void A_class_without_images_is_refused_by_name()
    {
        InMemoryImages Images() => new(zeros([4, 3, 32, 32], uint8), [0, 0, 2, 2], ["ant", "bee", "cow"]);
        using var images = new ImageData("test", Images(), Images(), []);
        Recipe recipe = SmallTraining.Recipe("lda", epochs: 1) with { Data = new DataSettings() };
        recipe = recipe with { Training = recipe.Training with { BatchSize = 2 } };

        string message = Assert
            .Throws<UsageException>(() => Trainer.Check(recipe, TrainingData.Prepare(images, recipe.Data)))
            .Message;

        Assert.Contains("class 'bee' has no training image", message);
    }

    private static double[][] Logits(
        IEstimatedHead method,
        double[][] images,
        int[] labels,
        int classes,
        Action<string>? report = null
    )
    {
        using var scope = NewDisposeScope();
        Tensor features = Tensor(images);
        (Tensor weight, Tensor bias) = method.Estimate(
            features,
            new ImageRows(labels.Length, []),
            labels,
            classes,
            report ?? (_ => { })
        );
        return [.. Numbers.Of(features.matmul(weight.t()) + bias).Chunk(classes)];
    }

    private static ShrunkCovariance Of(double[][] images, int[] labels, int[] counts, double? given)
    {
        Tensor features = Tensor(images);
        var rows = new ImageRows(labels.Length, []);
        return ShrunkCovariance.Of(features, ClassMeans.Of(features, rows, labels, counts.Length), rows, labels, given);
    }

    private static Tensor Tensor(double[][] rows) =>
        tensor(rows.SelectMany(row => row).ToArray()).view(rows.Length, -1);

    private static void AssertSameButForAConstant(double[][] wanted, double[][] found)
    {
        foreach ((double[] reference, double[] logits) in wanted.Zip(found))
        {
            for (int c = 1; c < logits.Length; c++)
            {
                Assert.Equal(reference[c] - reference[0], logits[c] - logits[0], 1e-8);
            }
        }
    }

    private static double Deviation(int feature) => 0.5 + (0.5 * feature);

    /// <summary>Clouds that are longer along later features, around a mean for each class.</summary>
    private static (double[][] Images, int[] Labels) Images(int[] counts)
    {
        int[] labels = [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        return (
            [
                .. labels.Select(
                    (label, image) =>
                    {
                        DrawStream stream = new Draws(3).At(DrawPurpose.Order, 0, image);
                        return Enumerable
                            .Range(0, Length)
                            .Select(d => (Deviation(d) * stream.NextNormal()) + (d == label ? 2 : 0))
                            .ToArray();
                    }
                ),
            ],
            labels
        );
    }

    private static double[][] Means(double[][] images, int[] labels, int[] counts)
    {
        double[][] means = [.. counts.Select(_ => new double[Length])];
        for (int k = 0; k < images.Length; k++)
        {
            for (int d = 0; d < Length; d++)
            {
                means[labels[k]][d] += images[k][d] / counts[labels[k]];
            }
        }

        return means;
    }

    /// <summary>The covariance within classes and Ledoit and Wolf's shrinkage, by the definition: a matrix for every image.</summary>
    private static (double[,] Covariance, double Shrinkage) Shrunk(double[][] images, int[] labels, int[] counts)
    {
        double[][] means = Means(images, labels, counts);
        double independent = 0;
        double[,] covariance = new double[Length, Length];
        List<(double[,] Square, double Weight)> vectors = [];
        for (int k = 0; k < images.Length; k++)
        {
            double count = counts[labels[k]];
            if (count > 1)
            {
                double weight = (count - 1) / count;
                double[] vector = [.. Minus(images[k], means[labels[k]]).Select(d => d * Math.Sqrt(1 / weight))];
                vectors.Add((Outer(vector, vector), weight));
                independent += weight;
                covariance = Add(covariance, Outer(vector, vector), weight);
            }
        }

        covariance = Add(new double[Length, Length], covariance, 1 / independent);
        double scale = 0;
        for (int d = 0; d < Length; d++)
        {
            scale += covariance[d, d] / Length;
        }

        double distance = Norm(Add(covariance, Identity(), -scale));
        double noise = 0;
        foreach ((double[,] square, double weight) in vectors)
        {
            noise += weight * Norm(Add(square, covariance, -1)) / (independent * independent);
        }

        double shrinkage = Math.Min(1, noise / distance);
        double[,] shrunk = Add(new double[Length, Length], covariance, 1 - shrinkage);
        return (Add(shrunk, Identity(), shrinkage * scale), shrinkage);
    }

    private static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    private static double Squared(double[] x) => x.Sum(value => value * value);

    private static double[,] Identity() => Filled((i, j) => i == j ? 1 : 0);

    private static double[,] Outer(double[] a, double[] b) => Filled((i, j) => a[i] * b[j]);

    private static double[,] Add(double[,] a, double[,] b, double times) =>
        Filled((i, j) => a[i, j] + (times * b[i, j]));

    private static double[,] Mean(IEnumerable<double[,]> matrices) =>
        matrices.ToArray().Aggregate(new double[Length, Length], (sum, next) => Add(sum, next, 1.0 / matrices.Count()));

    /// <summary>The sum of squares.</summary>
    private static double Norm(double[,] matrix) => matrix.Cast<double>().Sum(value => value * value);

    private static double Form(double[,] matrix, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < Length; i++)
        {
            for (int j = 0; j < Length; j++)
            {
                sum += x[i] * matrix[i, j] * x[j];
            }
        }

        return sum;
    }

    private static double[,] Filled(Func<int, int, double> value)
    {
        double[,] matrix = new double[Length, Length];
        for (int i = 0; i < Length; i++)
        {
            for (int j = 0; j < Length; j++)
            {
                matrix[i, j] = value(i, j);
            }
        }

        return matrix;
    }

    /// <summary>Gauss and Jordan, without choosing pivots: for matrices with positive eigenvalues.</summary>
    private static double[,] Inverse(double[,] matrix)
    {
        double[,] left = Add(matrix, matrix, 0);
        double[,] right = Identity();
        for (int pivot = 0; pivot < Length; pivot++)
        {
            double by = left[pivot, pivot];
            for (int j = 0; j < Length; j++)
            {
                left[pivot, j] /= by;
                right[pivot, j] /= by;
            }

            for (int i = 0; i < Length; i++)
            {
                double factor = left[i, pivot];
                for (int j = 0; i != pivot && j < Length; j++)
                {
                    left[i, j] -= factor * left[pivot, j];
                    right[i, j] -= factor * right[pivot, j];
                }
            }
        }

        return right;
    }
}
