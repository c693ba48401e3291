using Counterpoise.Basics;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;
using static TorchSharp.torch;

// args[0] is a folder with a folder of images for each class. The recipe names the method, and its setting is a key.
Recipe recipe = Recipe.Parse(
    """
    method = "mfw+poly"
    model = "resnet8"
    [training]
    epochs = 4
    batch_size = 8
    [poly]
    epsilon = 2
    """,
    [new Poly()]
);
RunHistory run = Trainer.Train(recipe, args[0], output: "runs/poly", Console.WriteLine);
Console.WriteLine($"balanced accuracy on test images: {run.Test!.BalancedAccuracy:F1} %");

/// <summary>Poly-1 (Leng et al., ICLR 2022): cross-entropy, and epsilon times what the label's probability lacks to 1.</summary>
internal sealed record Poly : Method, ILoss
{
    public override string Name => "poly";

    public override string Summary => "cross-entropy and epsilon (1 - p_y) (Leng et al., ICLR 2022)";

    [Setting("Weight of 1 - p_y", Min = -1)]
    public double Epsilon { get; init; } = 1;

    public override Phase Fill(Phase phase) => phase.WithLoss(this, Name);

    public Tensor Examples(Tensor logits, Tensor labels, in StepContext context)
    {
        Tensor logProbability = logits.log_softmax(1).gather(1, labels.unsqueeze(1)).squeeze(1);
        return (Epsilon * (1 - logProbability.exp())) - logProbability;
    }
}
