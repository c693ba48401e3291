using Counterpoise.Methods;
using CsCheck;
using static TorchSharp.torch;

namespace Counterpoise.Tests.Methods;

/// <summary>
/// The equations of the supplement's appendix B, against autograd through the mixing: two examples with labels y_1 = 1
/// (the major class) and y_2 = 0, each the other's partner, lambda_1 in [0, 0.5], lambda_2 = 0, features f = h(z),
/// logit w.f, logistic loss summed over the two.
/// </summary>
public sealed class SupplementBTests
{
    private const int Inputs = 4;
    private const int Features = 3;

    /// <summary>z_1, z_2, V (Inputs by Features), w and lambda_1.</summary>
    private static readonly Gen<(double[] Z1, double[] Z2, double[] V, double[] W, double Lambda)> Any = Gen.Select(
        Gen.Double[-2, 2].Array[Inputs],
        Gen.Double[-2, 2].Array[Inputs],
        Gen.Double[-1, 1].Array[Inputs * Features],
        Gen.Double[-1, 1].Array[Features],
        Gen.Float[0, 0.5f].Select(lambda => (double)lambda)
    );

    private enum Form
    {
        Identity,
        Linear,
        Nonlinear,
    }

    [Fact]
    public void Equation_14_gradients_without_mixing() =>
        Check(
            (x, found) =>
            {
                double[] direction = Apply(x.V, x.W);
                Numbers.AssertClose(Scale(Sigma(Dot(x.W, H(Form.Linear, x.V, x.Z1))) - 1, direction), found.Z1, 1e-12);
                Numbers.AssertClose(Scale(Sigma(Dot(x.W, H(Form.Linear, x.V, x.Z2))), direction), found.Z2, 1e-12);
            },
            Form.Linear,
            mixes: false
        );

    [Fact]
    public void Equation_15_gradients_at_the_mixed_features() =>
        Check(
            (x, found) =>
            {
                double[] direction = Apply(x.V, x.W);
                double[] mixed = Mixed(x.Z1, x.Z2, x.Lambda);
                Numbers.AssertClose(
                    Scale(Sigma(Dot(x.W, H(Form.Linear, x.V, mixed))) - 1, direction),
                    found.Mixed1,
                    1e-12
                );
                Numbers.AssertClose(Scale(Sigma(Dot(x.W, H(Form.Linear, x.V, x.Z2))), direction), found.Mixed2, 1e-12);
            },
            Form.Linear
        );

    [Fact]
    public void Equation_16_gradients_of_both_examples() =>
        Check(
            (x, found) =>
            {
                double[] direction = Apply(x.V, x.W);
                double first = Sigma(Dot(x.W, H(Form.Linear, x.V, Mixed(x.Z1, x.Z2, x.Lambda)))) - 1;
                double second = Sigma(Dot(x.W, H(Form.Linear, x.V, x.Z2)));
                Numbers.AssertClose(Scale((1 - x.Lambda) * first, direction), found.Z1, 1e-12);
                Numbers.AssertClose(Scale(second + (x.Lambda * first), direction), found.Z2, 1e-12);
            },
            Form.Linear
        );

    [Fact]
    public void Equation_17_gradients_through_a_nonlinear_h() =>
        Check(
            (x, found) =>
            {
                double[] mixed = Mixed(x.Z1, x.Z2, x.Lambda);
                double first = Sigma(Dot(x.W, H(Form.Nonlinear, x.V, mixed))) - 1;
                double second = Sigma(Dot(x.W, H(Form.Nonlinear, x.V, x.Z2)));
                double[] atMixed = JacobianTimes(x.V, mixed, x.W);
                double[] atSecond = JacobianTimes(x.V, x.Z2, x.W);
                Numbers.AssertClose(Scale((1 - x.Lambda) * first, atMixed), found.Z1, 1e-12);
                Numbers.AssertClose(Add(Scale(second, atSecond), Scale(x.Lambda * first, atMixed)), found.Z2, 1e-12);
            },
            Form.Nonlinear
        );

    [Fact]
    public void Equation_18_gradient_of_the_boundary_without_mixing() =>
        Check(
            (x, found) =>
            {
                double[] f1 = H(Form.Nonlinear, x.V, x.Z1);
                double[] f2 = H(Form.Nonlinear, x.V, x.Z2);
                Numbers.AssertClose(
                    Add(Scale(Sigma(Dot(x.W, f1)) - 1, f1), Scale(Sigma(Dot(x.W, f2)), f2)),
                    found.W,
                    1e-12
                );
            },
            Form.Nonlinear,
            mixes: false
        );

    [Fact]
    public void Equation_19_gradient_of_the_boundary() =>
        Check(
            (x, found) =>
            {
                double[] f1 = H(Form.Nonlinear, x.V, Mixed(x.Z1, x.Z2, x.Lambda));
                double[] f2 = H(Form.Nonlinear, x.V, x.Z2);
                Numbers.AssertClose(
                    Add(Scale(Sigma(Dot(x.W, f1)) - 1, f1), Scale(Sigma(Dot(x.W, f2)), f2)),
                    found.W,
                    1e-12
                );
            },
            Form.Nonlinear
        );

    [Fact]
    public void Equation_20_gradient_of_the_boundary_on_the_mixed_features_themselves() =>
        Check(
            (x, found) =>
            {
                double[] z1 = Mixed(x.Z1, x.Z2, x.Lambda);
                double[] w = [.. x.V[..Inputs]];
                Numbers.AssertClose(
                    Add(Scale(Sigma(Dot(w, z1)) - 1, z1), Scale(Sigma(Dot(w, x.Z2)), x.Z2)),
                    found.W,
                    1e-12
                );
            },
            Form.Identity
        );

    [Fact]
    public void A_minor_example_that_is_misclassified_has_a_gradient_no_larger_with_mixing() =>
        Any.Where(x => Sigma(Dot(x.W, H(Form.Linear, x.V, x.Z2))) > 0.5)
            .Sample(
                x =>
                    Norm(Gradients(x, Form.Linear, x.Lambda).Z2) <= Norm(Gradients(x, Form.Linear, 0).Z2) * (1 + 1e-12),
                iter: 40,
                threads: 1
            );

    private sealed record Found(double[] Z1, double[] Z2, double[] Mixed1, double[] Mixed2, double[] W);

    private static void Check(
        Action<(double[] Z1, double[] Z2, double[] V, double[] W, double Lambda), Found> equation,
        Form form,
        bool mixes = true
    ) => Any.Sample(x => equation(x, Gradients(x, form, mixes ? x.Lambda : 0)), iter: 30, threads: 1);

    /// <summary>The gradients that autograd finds through <see cref="FeatureMixing"/>.</summary>
    private static Found Gradients(
        (double[] Z1, double[] Z2, double[] V, double[] W, double Lambda) x,
        Form form,
        double lambda
    )
    {
        using var scope = NewDisposeScope();
        Tensor z = tensor((double[])[.. x.Z1, .. x.Z2]).reshape(2, Inputs).requires_grad_();
        Tensor v = tensor(x.V).reshape(Inputs, Features);
        Tensor w = tensor(form == Form.Identity ? x.V[..Inputs] : x.W).requires_grad_();
        Tensor mixed = FeatureMixing.Apply(z, tensor([1L, 0L]), tensor([(float)lambda, 0f]));
        mixed.retain_grad();
        Tensor f = form switch
        {
            Form.Identity => mixed,
            Form.Linear => mixed.matmul(v),
            _ => mixed.matmul(v).tanh(),
        };
        nn.functional.binary_cross_entropy_with_logits(f.matmul(w), tensor([1.0, 0.0]), reduction: nn.Reduction.Sum)
            .backward();
        double[] gradient = Numbers.Of(z.grad!);
        double[] gradientMixed = Numbers.Of(mixed.grad!);
        return new Found(
            gradient[..Inputs],
            gradient[Inputs..],
            gradientMixed[..Inputs],
            gradientMixed[Inputs..],
            Numbers.Of(w.grad!)
        );
    }

    /// <summary>h(z): V^T z, with tanh of each number where it is nonlinear.</summary>
    private static double[] H(Form form, double[] v, double[] z)
    {
        double[] f = new double[Features];
        for (int k = 0; k < Features; k++)
        {
            for (int i = 0; i < Inputs; i++)
            {
                f[k] += v[(i * Features) + k] * z[i];
            }
        }

        return form == Form.Nonlinear ? [.. f.Select(Math.Tanh)] : f;
    }

    /// <summary>V w.</summary>
    private static double[] Apply(double[] v, double[] w) =>
        [.. Enumerable.Range(0, Inputs).Select(i => Dot(v[(i * Features)..((i + 1) * Features)], w))];

    /// <summary>J(z)^T w of the nonlinear h: V diag(1 - tanh^2) w.</summary>
    private static double[] JacobianTimes(double[] v, double[] z, double[] w) =>
        Apply(v, [.. H(Form.Nonlinear, v, z).Zip(w, (t, weight) => (1 - (t * t)) * weight)]);

    private static double[] Mixed(double[] z1, double[] z2, double lambda) =>
        Add(Scale(1 - lambda, z1), Scale(lambda, z2));

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Scale(double factor, double[] a) => [.. a.Select(x => factor * x)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static double Sigma(double x) => 1 / (1 + Math.Exp(-x));
}
