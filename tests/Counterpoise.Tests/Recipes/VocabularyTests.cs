using Counterpoise.Basics;
using Counterpoise.Data;
using Counterpoise.Data.Formats;
using Counterpoise.Methods;
using Counterpoise.Networks;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Recipes;

/// <summary>A program adds methods and networks of its own by what is public alone.</summary>
public sealed class VocabularyTests
{
    private static readonly NetworkDescription OneLayer = new(
        "one-layer",
        "one convolution",
        10,
        ["input", "layer1"],
        8
    )
    {
        Build = (classes, draws) => new OneLayerNetwork(classes, draws),
        HasLastBlock = false,
    };

    private static readonly Recipe Own = Recipe.Erm.With(new Halved { Share = 0.25 }).With(OneLayer) with
    {
        Data = new DataSettings { ImageSize = 32 },
        Training = new TrainingSettings
        {
            Epochs = 2,
            BatchSize = 200,
            Warmup = 0,
            EvaluateEvery = 0,
        },
    };

    [Fact]
    public void What_is_ones_own_is_written_to_TOML_and_read_back()
    {
        string toml = Own.ToToml();
        Assert.Contains("method = \"halved\"\nmodel = \"one-layer\"", toml, StringComparison.Ordinal);
        Assert.Equal(Own, Recipe.Parse(toml, [new Halved()], [OneLayer]));
        Assert.Contains("'halved' is not known", Refused(() => Recipe.Parse(toml)), StringComparison.Ordinal);
        Assert.Contains(
            "'one-layer' is not known",
            Refused(() => Recipe.Parse(toml, [new Halved()]).Resolve()),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "halved.share",
            Refused(() =>
                Recipe.Parse(toml.Replace("0.25", "2", StringComparison.Ordinal), [new Halved()], [OneLayer])
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_recipe_of_the_librarys_own_parts_is_equal_however_it_was_made()
    {
        Recipe parsed = Recipe.Parse("method = \"mfw\"\nmodel = \"resnet8\"", [new Halved()], [OneLayer]);
        Assert.Equal(Recipe.Default with { Model = "resnet8" }, parsed);
        Assert.Equal(parsed, Recipe.Default.With(NetworkCatalogue.Find("resnet8")));
    }

    [Fact]
    public void Names_that_are_taken_are_refused()
    {
        Assert.Contains("method 'mfw' already", Refused(() => Vocabulary.BuiltIn.With([new Mfw()])));
        Assert.Contains(
            "method 'halved' already",
            Refused(() => Vocabulary.BuiltIn.With([new Halved(), new Halved()]))
        );
        Assert.Contains(
            "model 'resnet8' already",
            Refused(() => Vocabulary.BuiltIn.With(networks: [NetworkCatalogue.Find("resnet8")]))
        );
    }

    [Fact]
    public void What_is_ones_own_trains_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        RunHistory Train() =>
            Trainer.Train(Own, SyntheticImages.Name, folder["run"], stop: TestContext.Current.CancellationToken);
        RunHistory run = Train();
        Assert.Equal("one-layer", run.Recipe.Network.Name);
        Assert.Equal(2, run.Epochs.Count);

        string last = folder["run/checkpoints/epoch-0002.safetensors"];
        byte[] whole = File.ReadAllBytes(last);
        File.Delete(last);
        File.Delete(folder["run/result.json"]);
        Assert.Equal(run.Test!.Accuracy, Train().Test!.Accuracy);
        Assert.True(Tensors(whole).SequenceEqual(Tensors(File.ReadAllBytes(last))));
        Assert.Equal(
            run.Recipe,
            RunHistory.Read(folder["run"], Vocabulary.BuiltIn.With([new Halved()], [OneLayer])).Recipe
        );

        // The header tells the seconds of the epoch.
        static ReadOnlySpan<byte> Tensors(byte[] file) => file.AsSpan(8 + (int)BitConverter.ToInt64(file));
    }

    private static string Refused(Action act) => Assert.Throws<UsageException>(act).Message;

    /// <summary>A part of the cross-entropy.</summary>
    private sealed record Halved : Method, ILoss
    {
        public override string Name => "halved";

        public override string Summary => "a part of the cross-entropy";

        [Setting("The part", Min = 0, Max = 1)]
        public double Share { get; init; } = 0.5;

        public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);

        public Tensor Examples(Tensor logits, Tensor labels, in StepContext context) =>
            new CrossEntropy().Examples(logits, labels, context) * Share;
    }

    private sealed class OneLayerNetwork : StagedNetwork
    {
        private readonly Conv2d conv1 = nn.Conv2d(3, 8, 3, stride: 4);

        public OneLayerNetwork(int classes, Draws draws)
            : base("one-layer", ["input", "layer1"])
        {
            register_module("conv1", conv1);
            Head = new PooledHead(classes);
            foreach ((Parameter parameter, int i) in parameters().Select((parameter, i) => (parameter, i)))
            {
                DrawStream stream = draws.At(DrawPurpose.Initialisation, 0, i);
                float[] values =
                [
                    .. Enumerable.Range(0, (int)parameter.numel()).Select(_ => (float)(0.2 * stream.NextNormal())),
                ];
                using var noGradient = no_grad();
                parameter.copy_(tensor(values).reshape(parameter.shape));
            }
        }

        public override int Features => 8;

        protected override Tensor RunStage(int stage, Tensor map) => conv1.call(map.to(ScalarType.Float32)).relu_();
    }

    private sealed class PooledHead : Head
    {
        private readonly Linear linear;

        public PooledHead(int classes)
            : base("pooled")
        {
            linear = nn.Linear(8, classes);
            register_module("linear", linear);
        }

        public override Tensor forward(Tensor input) => linear.call(Pool(input));
    }
}
