using Counterpoise.Interop;
using Counterpoise.Tests.Interop;
using Counterpoise.Training;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Counterpoise.Tests.Training;

public sealed class AdamWTests : IDisposable
{
    private const int Steps = 6;
    private const double Rate = 0.01;
    private const double Decay = 0.3;
    private static readonly AdamWSettings Settings = new(0.8, 0.95, 1e-6);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_are_those_of_the_formula_in_double_precision(bool isFused)
    {
        using var scope = NewDisposeScope();
        var ours = new Parameter(Start());
        using var adamw = new AdamW([new Learner("w", ours, 1, Decay)], Settings, isFused);
        double[] weight = Numbers.Of(ours);
        double[] first = new double[weight.Length];
        double[] second = new double[weight.Length];
        for (int step = 1; step <= Steps; step++)
        {
            adamw.Step(RateOf(step), [Slope(step)]);
            double[] gradient = Numbers.Of(Slope(step));
            for (int i = 0; i < weight.Length; i++)
            {
                weight[i] -= RateOf(step) * Decay * weight[i];
                first[i] = (Settings.Beta1 * first[i]) + ((1 - Settings.Beta1) * gradient[i]);
                second[i] = (Settings.Beta2 * second[i]) + ((1 - Settings.Beta2) * gradient[i] * gradient[i]);
                double mean = first[i] / (1 - Math.Pow(Settings.Beta1, step));
                double square = second[i] / (1 - Math.Pow(Settings.Beta2, step));
                weight[i] -= RateOf(step) * mean / (Math.Sqrt(square) + Settings.Epsilon);
            }

            Numbers.AssertClose(weight, Numbers.Of(ours), 1e-6);
            var state = adamw.State.ToDictionary(kept => kept.Name, kept => Numbers.Of(kept.Kept));
            Assert.Equal(["adamw.first.w", "adamw.second.w", "adamw.steps.w"], state.Keys.Order());
            Numbers.AssertClose(first, state["adamw.first.w"], 1e-6);
            Numbers.AssertClose(second, state["adamw.second.w"], 1e-6);
            Assert.Equal([step], state["adamw.steps.w"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_are_those_of_PyTorchs_AdamW(bool isFused)
    {
        var python = Python.That("import torch", "torch (python3-torch)");
        using var scope = NewDisposeScope();
        var ours = new Parameter(Start());
        using var adamw = new AdamW([new Learner("w", ours, 1, Decay)], Settings, isFused);
        List<KeyValuePair<string, Tensor>> slopes = [new("start", Start())];
        for (int step = 1; step <= Steps; step++)
        {
            slopes.Add(new($"slope{step}", Slope(step)));
            adamw.Step(RateOf(step), [Slope(step)]);
        }

        Safetensors.Write(folder["slopes"], slopes);
        double[] theirs =
        [
            .. python
                .Run("-c", Script, folder["slopes"])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)),
        ];

        Numbers.AssertClose(theirs, Numbers.Of(ours), 1e-6);
    }

    [Fact]
    public void All_parameters_in_one_call_come_to_what_one_after_the_other_comes_to()
    {
        using var scope = NewDisposeScope();
        Parameter[] loop = [.. Enumerable.Range(0, 5).Select(i => new Parameter(Start(i)))];
        Parameter[] call = [.. Enumerable.Range(0, 5).Select(i => new Parameter(Start(i)))];
        static Learner[] Learning(Parameter[] parameters) =>
            [.. parameters.Select((p, i) => new Learner($"{i}", p, i < 3 ? 1 : 0.5, i % 2 == 0 ? Decay : 0))];
        using var plain = new AdamW(Learning(loop), Settings);
        using var fused = new AdamW(Learning(call), Settings, isFused: true);
        for (int step = 1; step <= 50; step++)
        {
            plain.Step(RateOf(step), [.. loop.Select((_, i) => Slope(step, i))]);
            fused.Step(RateOf(step), [.. call.Select((_, i) => Slope(step, i))]);
        }

        Assert.All(loop.Zip(call), pair => Numbers.AssertClose(pair.First, pair.Second, 1e-5));
        Assert.All(plain.State.Zip(fused.State), pair => Numbers.AssertClose(pair.First.Kept, pair.Second.Kept, 1e-5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_parameter_without_a_gradient_stays_as_it_is_and_its_steps_are_not_counted(bool isFused)
    {
        using var scope = NewDisposeScope();
        var always = new Parameter(ones(2));
        var once = new Parameter(ones(2));
        using var adamw = new AdamW(
            [new Learner("always", always, 1, Decay), new Learner("once", once, 1, Decay)],
            Settings,
            isFused
        );
        adamw.Step(0.1, [ones(2), null]);
        adamw.Step(0.1, [ones(2), null]);
        Assert.Equal([1, 1], Numbers.Of(once));
        adamw.Step(0.1, [null, ones(2)]);

        // A first step is one of the learning rate, whenever it comes.
        Numbers.AssertClose([0.87, 0.87], Numbers.Of(once), 1e-5);
        var steps = adamw.State.ToDictionary(kept => kept.Name, kept => Numbers.Of(kept.Kept));
        Assert.Equal([2], steps["adamw.steps.always"]);
        Assert.Equal([1], steps["adamw.steps.once"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_parameter_with_a_factor_learns_and_decays_at_that_rate(bool isFused)
    {
        using var scope = NewDisposeScope();
        var full = new Parameter(ones(2));
        var tenth = new Parameter(ones(2));
        using var adamw = new AdamW(
            [new Learner("full", full, 1, 0.5), new Learner("tenth", tenth, 0.1, 0.5)],
            Settings,
            isFused
        );
        adamw.Step(0.1, [ones(2), ones(2)]);
        Numbers.AssertClose([0.85, 0.85], Numbers.Of(full), 1e-5);
        Numbers.AssertClose([0.985, 0.985], Numbers.Of(tenth), 1e-5);
    }

    private const string Script = """
        import json, struct, sys, torch
        with open(sys.argv[1], "rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            data = file.read()
        def read(name):
            first, last = header[name]["data_offsets"]
            return torch.frombuffer(bytearray(data[first:last]), dtype=torch.float32)
        weight = torch.nn.Parameter(read("start"))
        adamw = torch.optim.AdamW([weight], lr=1, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3)
        for step in range(1, 7):
            adamw.param_groups[0]["lr"] = 0.01 / step
            weight.grad = read(f"slope{step}")
            adamw.step()
        print(" ".join(repr(x) for x in weight.tolist()))
        """;

    private static double RateOf(int step) => Rate / step;

    private static Tensor Start(int parameter = 0) => Numbers.Normal(1 + (ulong)parameter, ScalarType.Float32, 3, 4);

    private static Tensor Slope(int step, int parameter = 0) =>
        Numbers.Normal((ulong)((100 * (parameter + 1)) + step), ScalarType.Float32, 3, 4);
}
