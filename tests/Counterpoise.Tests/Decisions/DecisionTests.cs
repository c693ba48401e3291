using System.Text.Json.Nodes;
using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Decisions;
using Counterpoise.Metrics;

namespace Counterpoise.Tests.Decisions;

public sealed class DecisionTests
{
    private static readonly ProbabilityMap Plain = new([1, 1, 1], [0, 0, 0], [0.5, 0.3, 0.2], Prior: null);

    private static readonly Decision Likeliest = new()
    {
        Demand = "",
        Basis = "",
        Probabilities = Plain,
    };

    [Fact]
    public void A_map_is_scales_biases_and_frequencies_in_this_order()
    {
        var map = new ProbabilityMap([2, 1, 1], [0.5, 0, -1], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5]);
        float[] p = [0.6f, 0.3f, 0.1f];
        double[] expected = [0.6 * 0.6 * Math.Exp(0.5) * 0.2 / 0.5, 0.3, 0.1 * Math.Exp(-1) * 0.5 / 0.2];

        double[] found = map.Of(p);

        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(expected[c] / expected.Sum(), found[c], 1e-6);
        }
    }

    [Fact]
    public void Labels_are_of_the_largest_weight_or_the_least_cost_and_may_be_left_to_people()
    {
        float[] p = [0.5f, 0.3f, 0.2f];
        Assert.Equal(0, Likeliest.Of(p).Label);
        Assert.Equal(2, (Likeliest with { Weights = [1, 1, 3] }).Of(p).Label);
        Assert.Equal(0, (Likeliest with { LeastConfidence = 0.49 }).Of(p).Label);
        Assert.Null((Likeliest with { LeastConfidence = 0.51 }).Of(p).Label);

        // Missing class 1 costs 10: deciding for 0 costs 0.3 x 10 + 0.2, for 1 costs 0.7, for 2 costs 0.5 + 3.
        double[][] costs =
        [
            [0, 1, 1],
            [10, 0, 10],
            [1, 1, 0],
        ];
        Assert.Equal(1, (Likeliest with { Costs = costs }).Of(p).Label);
    }

    [Fact]
    public void An_image_raises_no_alarm_or_several()
    {
        Decision alarms = Likeliest with { Thresholds = [null, 0.25, 0.2] };
        Assert.Equal([1, 2], alarms.Of([0.5f, 0.3f, 0.2f]).Alarms);
        Assert.Empty(alarms.Of([0.8f, 0.1f, 0.1f]).Alarms);
        Assert.Null(alarms.Of([0.5f, 0.3f, 0.2f]).Label);
    }

    [Fact]
    public void Json_reads_back_as_it_was_and_what_makes_no_sense_is_refused()
    {
        Decision[] decisions =
        [
            Likeliest,
            Likeliest with
            {
                Weights = [1, 2, 0.5],
                LeastConfidence = 0.7,
                Demand = "best",
                Basis = "images",
            },
            Likeliest with
            {
                Costs =
                [
                    [0, 1, 1],
                    [10, 0, 10],
                    [1, 1, 0],
                ],
                Probabilities = Plain with { Prior = [0.1, 0.1, 0.8] },
            },
            Likeliest with
            {
                Thresholds = [null, 0.25, 0.2],
            },
        ];
        foreach (Decision decision in decisions)
        {
            var read = Decision.Read(
                JsonFormat.Parse(System.Text.Encoding.UTF8.GetBytes(decision.ToJson().ToJsonString())),
                3,
                "d"
            );
            Assert.Equal(decision.ToJson().ToJsonString(), read.ToJson().ToJsonString());
        }

        AssertRefused("implied", new JsonArray(0.5, 0.5, 0), "'implied'");
        AssertRefused("scales", new JsonArray(1, 1), "'scales'");
        AssertRefused("kind", "guess", "expected alarm or label");
        AssertRefused("format", 2, "a newer version may have written it");
        AssertRefused("costs", new JsonArray(new JsonArray(1, 2, 3)), "expected 3 rows");

        static void AssertRefused(string key, JsonNode value, string part)
        {
            JsonObject json = Likeliest.ToJson();
            json[key] = value;
            Assert.Contains(part, Assert.Throws<CounterpoiseException>(() => Decision.Read(json, 3, "d")).Message);
        }
    }

    [Fact]
    public void Temperature_and_biases_are_found_again()
    {
        // Labels are drawn of probabilities, and the classifier tells sharper ones, with a bias against class 1.
        const int images = 20_000;
        var random = new Random(3);
        PredictedImage[] said = new PredictedImage[images];
        for (int i = 0; i < images; i++)
        {
            double[] logits = [random.NextDouble() * 3, (random.NextDouble() * 3) - 1, (random.NextDouble() * 3) - 2];
            double[] p = [.. logits.Select(Math.Exp)];
            double u = random.NextDouble() * p.Sum();
            int label =
                u < p[0] ? 0
                : u < p[0] + p[1] ? 1
                : 2;
            double[] told = [Math.Exp(2 * logits[0]), Math.Exp(2 * (logits[1] - 0.7)), Math.Exp(2 * logits[2])];
            said[i] = new PredictedImage(i, label, null, null, [.. told.Select(t => (float)(t / told.Sum()))]);
        }

        var map = CalibrationFit.Of(new PredictedImages(["a", "b", "c"], said), TestContext.Current.CancellationToken);

        Assert.All(map.Scales, scale => Assert.Equal(0.5, scale, 0.05));
        Assert.Equal(0.7, map.Biases[1] - map.Biases[0], 0.08);
        Assert.Equal(0, map.Biases[2] - map.Biases[0], 0.1);
        Assert.Equal(
            ClassCounts.Of([.. said.Select(image => image.Label)], 3).Select(n => (double)n / images),
            map.Implied
        );
    }

    [Fact]
    public void Few_images_of_a_class_have_the_temperature_of_all_and_move_its_bias_little()
    {
        PredictedImages said = new(
            ["a", "b"],
            [
                .. Enumerable
                    .Range(0, 101)
                    .Select(i => new PredictedImage(
                        i,
                        i == 100 ? 1 : 0,
                        null,
                        null,
                        i == 100 ? [0.99f, 0.01f] : [0.8f, 0.2f]
                    )),
            ]
        );

        var map = CalibrationFit.Of(said, TestContext.Current.CancellationToken);

        Assert.Equal(map.Scales[0], map.Scales[1]);
        Assert.InRange(map.Biases[1], -2, 2);
    }

    [Fact]
    public void Frequencies_of_images_without_labels_are_estimated()
    {
        double[] implied = [0.6, 0.3, 0.1];
        double[] field = [0.2, 0.3, 0.5];
        var random = new Random(5);
        double[][] probabilities =
        [
            .. Enumerable
                .Range(0, 4000)
                .Select(_ =>
                {
                    // A feature of each class has a mean of its own; probabilities are Bayes's at the implied frequencies.
                    double u = random.NextDouble();
                    int label =
                        u < field[0] ? 0
                        : u < field[0] + field[1] ? 1
                        : 2;
                    double x = (2 * label) + Normal(random);
                    double[] p = [.. implied.Select((share, c) => share * Math.Exp(-Math.Pow(x - (2 * c), 2) / 2))];
                    return p.Select(one => one / p.Sum()).ToArray();
                }),
        ];

        var estimate = PriorEstimate.Of(probabilities, implied);

        Assert.Equal(1, estimate.Frequencies.Sum(), 1e-9);
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(field[c], estimate.Frequencies[c], 4 * estimate.Errors[c]);
            Assert.InRange(estimate.Errors[c], 0.004, 0.03);
        }

        Assert.Equal([0, 2], estimate.Moved(implied));
        Assert.Equal(estimate.Frequencies, PriorEstimate.Of(probabilities, implied).Frequencies);

        static double Normal(Random random) =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    [Fact]
    public void Weights_make_a_metric_larger_and_never_smaller()
    {
        PredictedImages said = Metrics.RandomPredictions.Make(300, seed: 7);
        double[][] p = [.. said.Images.Select(image => image.Probabilities.Select(one => (double)one).ToArray())];
        double[] ones = [.. said.Classes.Select(_ => 1.0)];
        double plain = DecisionMetric
            .MacroF1.Of(ClassTallies.Of(said.Predicted, said.Labels, said.Classes.Count))!
            .Value;

        double[] weights = LabelWeights.Of(p, said.Labels, DecisionMetric.MacroF1, [ones]);

        int[] decided =
        [
            .. p.Select(row =>
                Array.IndexOf([.. row.Zip(weights, (a, b) => a * b)], row.Zip(weights, (a, b) => a * b).Max())
            ),
        ];
        double found = DecisionMetric.MacroF1.Of(ClassTallies.Of(decided, said.Labels, said.Classes.Count))!.Value;
        Assert.True(found > plain, $"{found} {plain}");
    }

    [Fact]
    public void Of_the_surest_images_fewer_are_wrong()
    {
        var curve = RiskCoverage.Of([0.9, 0.8, 0.8, 0.6], [true, true, false, false], [1, 1, 1, 2]);

        Assert.Equal([0.2, 0.6, 1], curve.Points.Select(point => point.Coverage));
        Assert.Equal(0, curve.Points[0].Risk);
        Assert.Equal(1 / 3.0, curve.Points[1].Risk, 1e-12);
        Assert.Equal(3 / 5.0, curve.Points[2].Risk, 1e-12);
        Assert.Equal(25 / 7.0, curve.Points[2].Images, 1e-12);
        Assert.Equal(0.8, curve.AtMost(0.4, confidence: null).Confidence);
        Assert.Throws<CounterpoiseException>(() => curve.AtMost(0.1, confidence: 0.95));
    }

    [Fact]
    public void An_outcome_is_counted_at_the_frequencies_where_it_is_used()
    {
        // Class 1: 3 of 4 raise an alarm; class 0: 1 of 6 does.
        PredictedImages said = new(
            ["a", "b"],
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(i => new PredictedImage(
                        i,
                        i < 6 ? 0 : 1,
                        null,
                        null,
                        i is 0 or > 6 ? [0.4f, 0.6f] : [0.9f, 0.1f]
                    )),
            ]
        );
        var decision = new Decision
        {
            Demand = "",
            Basis = "",
            Probabilities = new ProbabilityMap([1, 1], [0, 0], [0.5, 0.5], Prior: null),
            Thresholds = [null, 0.5],
        };

        DecisionOutcome outcome = DecisionOutcome.Of(decision, said);

        Assert.Null(outcome.Classes[0]);
        Assert.Equal(75, outcome.Classes[1]!.Recall);
        Assert.Equal(1000 * 0.5 / 6, outcome.Classes[1]!.FalseAlarms, 1e-9);
        Assert.Equal(100 * 0.375 / (0.375 + (0.5 / 6)), outcome.Classes[1]!.Precision!.Value, 1e-9);
    }
}
