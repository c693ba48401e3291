using Counterpoise.Basics;
using Counterpoise.Methods;
using TorchSharp;
using static TorchSharp.torch;

random.manual_seed(1);
int[] counts = [475, 25]; // How many training examples each class has.
Tensor labels = cat([zeros(475, ScalarType.Int64), ones(25, ScalarType.Int64)]);
Tensor inputs = randn(500, 16) + labels.unsqueeze(1); // Stands for your own examples.
using var before = nn.Sequential(nn.Linear(16, 64), nn.ReLU()); // Your network, up to where features are mixed,
using var after = nn.Linear(64, 2); // and from there to the logits.
using var optimizer = optim.SGD([.. before.parameters(), .. after.parameters()], learningRate: 0.05);
for (int step = 0; step < 200; step++)
{
    using var scope = NewDisposeScope();
    Tensor batch = randint(0, 500, 64);
    DrawStream draws = new Draws(Seed: 1).At(DrawPurpose.MixingWeight, position: step);
    Tensor mixed = Mfw.Mix(before.call(inputs[batch]), labels[batch], counts, draws);
    optimizer.zero_grad();
    nn.functional.cross_entropy(after.call(mixed), labels[batch]).backward();
    optimizer.step();
}

Tensor right = after.call(before.call(inputs)).argmax(1) == labels;
Console.WriteLine($"rare class: {right[labels == 1].sum().ToInt32()} of {counts[1]} right");
