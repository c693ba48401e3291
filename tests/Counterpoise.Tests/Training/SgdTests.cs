using Counterpoise.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Training;

public sealed class SgdTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Five_steps_are_those_of_PyTorchs_SGD_and_the_momentum_that_of_the_formula(bool isFused)
    {
        using var scope = NewDisposeScope();
        var ours = new Parameter(Numbers.Normal(1, ScalarType.Float32, 3, 4));
        var theirs = new Parameter(Numbers.Normal(1, ScalarType.Float32, 3, 4));
        double[] weight = Numbers.Of(ours);
        double[] velocity = new double[weight.Length];
        using var sgd = new Sgd([new Learner("w", ours, 1, 0.05)], momentum: 0.9, isFused);
        using optim.Optimizer reference = optim.SGD([theirs], 0.1, momentum: 0.9, weight_decay: 0.05);
        for (ulong step = 0; step < 5; step++)
        {
            double rate = 0.1 / (step + 1);
            Tensor slope = Numbers.Normal(10 + step, ScalarType.Float32, 3, 4);
            (theirs * slope).sum().backward();
            sgd.Step(rate, [slope.clone()]);
            foreach (var group in reference.ParamGroups)
            {
                group.LearningRate = rate;
            }

            reference.step();
            reference.zero_grad();
            double[] gradient = Numbers.Of(slope);
            for (int i = 0; i < weight.Length; i++)
            {
                velocity[i] = (0.9 * velocity[i]) + gradient[i] + (0.05 * weight[i]);
                weight[i] -= rate * velocity[i];
            }

            Numbers.AssertClose(theirs, ours, 1e-6);
            Numbers.AssertClose(weight, Numbers.Of(ours), 1e-6);
            (string name, Tensor state) = Assert.Single(sgd.State);
            Assert.Equal("momentum.w", name);
            Numbers.AssertClose(velocity, Numbers.Of(state), 1e-6);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_parameter_without_a_gradient_stays_as_it_is(bool isFused)
    {
        using var scope = NewDisposeScope();
        var used = new Parameter(ones(2));
        var unused = new Parameter(ones(2));
        using var sgd = new Sgd(
            [new Learner("used", used, 1, 0.5), new Learner("unused", unused, 1, 0.5)],
            momentum: 0.9,
            isFused
        );
        sgd.Step(0.1, [ones(2), null]);
        Numbers.AssertClose([0.85, 0.85], Numbers.Of(used), 1e-6);
        Assert.Equal([1, 1], Numbers.Of(unused));
        sgd.Step(0.1, [null, null]);
        Numbers.AssertClose([0.85, 0.85], Numbers.Of(used), 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_parameter_with_a_factor_learns_at_that_rate(bool isFused)
    {
        using var scope = NewDisposeScope();
        var full = new Parameter(ones(2));
        var tenth = new Parameter(ones(2));
        using var sgd = new Sgd(
            [new Learner("full", full, 1, 0), new Learner("tenth", tenth, 0.1, 0)],
            momentum: 0.9,
            isFused
        );
        sgd.Step(0.5, [ones(2), ones(2)]);
        Numbers.AssertClose([0.5, 0.5], Numbers.Of(full), 1e-6);
        Numbers.AssertClose([0.95, 0.95], Numbers.Of(tenth), 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weight_decay_is_each_parameters_own(bool isFused)
    {
        using var scope = NewDisposeScope();
        var kernel = new Parameter(ones(2));
        var bias = new Parameter(ones(2));
        using var sgd = new Sgd([new Learner("kernel", kernel, 1, 0.5), new Learner("bias", bias, 1, 0)], 0.9, isFused);
        sgd.Step(0.1, [ones(2), ones(2)]);
        Numbers.AssertClose([0.85, 0.85], Numbers.Of(kernel), 1e-6);
        Numbers.AssertClose([0.9, 0.9], Numbers.Of(bias), 1e-6);
    }

    [Fact]
    public void The_state_outlives_the_scope_it_was_made_in()
    {
        using var outer = NewDisposeScope();
        var parameter = new Parameter(ones(2));
        Sgd sgd;
        using (NewDisposeScope())
        {
            sgd = new Sgd([new Learner("w", parameter, 1, 0)], 0.9);
        }

        Assert.False(Assert.Single(sgd.State).Kept.IsInvalid);
        sgd.Dispose();
    }
}
