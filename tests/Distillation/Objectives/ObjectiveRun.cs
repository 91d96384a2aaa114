using Reflux.Contracts.Definitions;
using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Objectives;

/// <summary>A loss and its gradient in the student's logits.</summary>
/// <param name="Loss">As the objective defines it.</param>
/// <param name="Gradient">Row-major [P · V].</param>
internal sealed record ObjectiveRun(double Loss, double[] Gradient)
{
    public static ObjectiveRun Of(Tensor logits, SoftTargets targets, string divergence, double weight = 0, double temperature = 1, double? count = null) =>
        Of(logits, targets, new Objective(Divergence.Parse(divergence), weight, temperature), count);

    /// <param name="logits">[P, V]; left as they are.</param>
    /// <param name="targets">The teacher's side.</param>
    /// <param name="objective">What is computed.</param>
    /// <param name="count">Valid positions of the step; P where it is not given.</param>
    public static ObjectiveRun Of(Tensor logits, SoftTargets targets, Objective objective, double? count = null)
    {
        using var scope = NewDisposeScope();
        var gradient = logits.clone();
        var loss = objective.ReplaceByGradient(gradient, targets, count ?? targets.Positions).item<double>();
        return new ObjectiveRun(loss, gradient.to_type(ScalarType.Float64).data<double>().ToArray());
    }

    /// <summary>Asserts |Δ| ≤ tolerance·max(1, |loss|) and, for the gradient, max|Δ| ≤ tolerance·max|expected|.</summary>
    public void AssertClose(double loss, double[] gradient, double tolerance)
    {
        Assert.InRange(Loss, loss - (tolerance * Math.Max(1, Math.Abs(loss))), loss + (tolerance * Math.Max(1, Math.Abs(loss))));
        Assert.Equal(gradient.Length, Gradient.Length);
        var most = gradient.Max(Math.Abs) * tolerance;
        Assert.All(gradient.Zip(Gradient), pair => Assert.InRange(pair.Second, pair.First - most, pair.First + most));
    }
}
