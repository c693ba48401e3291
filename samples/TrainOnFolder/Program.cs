using Counterpoise.Methods;
using Counterpoise.Phases;
using Counterpoise.Recipes;
using Counterpoise.Runs;
using Counterpoise.Training;

// args[0] is a folder with a folder of images for each class; a fifth of every class is set aside for testing.
Recipe recipe = Recipe.Erm.With(new Mfw { Alpha = 1 }).With(new Drw()) with
{
    Model = "resnet20",
    Training = new TrainingSettings { Epochs = 30, BatchSize = 32 },
};
RunHistory run = Trainer.Train(recipe, args[0], output: "runs/mine", Console.WriteLine);
Console.WriteLine($"balanced accuracy on test images: {run.Test!.BalancedAccuracy:F1} %");
foreach (int label in run.BySize)
{
    string accuracy = $"{run.Test.PerClassAccuracy[label]:F1} %";
    Console.WriteLine($"{run.Classes[label]}: {run.ClassCounts[label]} training images, {accuracy}");
}
