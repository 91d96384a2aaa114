using Reflux.Distillation.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Evaluation;

/// <summary>
/// Acceptance and KL of a student against holdout labels, position by position: α̂ = Σ (c/N)·min(1, q/p) and KL̂ = Σ (c/N)(ln p − ln q), both
/// unbiased, since the draws come from p. (Σ min(c/N, q) is not: at q = p and N = 50 it gives about 0.8.)
/// </summary>
public static class AcceptanceEstimator
{
    /// <summary>Estimates α and KL at each position.</summary>
    /// <param name="logits">The student's [P, V], row i predicting target i.</param>
    /// <param name="targets">Holdout labels of the P positions.</param>
    /// <param name="temperature">T of the labels; q = softmax(logits / T).</param>
    /// <exception cref="ArgumentException">The labels carry no ln p.</exception>
    public static (double[] Acceptance, double[] KlDivergence) Estimate(Tensor logits, SampledTargets targets, double temperature)
    {
        var teacher = targets.LogProbabilities ?? throw new ArgumentException("acceptance needs labels in the holdout form, with ln p", nameof(targets));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var scaled = temperature == 1 ? logits : logits / temperature;
        var student = scaled.gather(1, targets.Ids) - scaled.logsumexp(1, keepdim: true);
        var acceptance = ((student - teacher).clamp_max(0).exp() * targets.Weights).sum(1);
        var divergence = ((teacher - student) * targets.Weights).sum(1);
        return (ToArray(acceptance), ToArray(divergence));
    }

    private static double[] ToArray(Tensor values) => values.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
}
