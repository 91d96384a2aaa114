using Reflux.Distillation.Objectives;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Evaluation;

/// <summary>
/// A student against holdout labels, position by position. From draws: α̂ = Σ (c/N)·min(1, q/p), KL̂ = Σ (c/N)(ln p − ln q) and CE = −Σ (c/N) ln q are unbiased, since
/// the draws come from p. (Σ min(c/N, q) is not: at q = p and N = 50 it gives about 0.8.) From the k most probable ids and the tail's mass: what
/// merging the tail into one bucket leaves, which bounds α from above and the others from below, and α from below by leaving it out.
/// </summary>
public static class AcceptanceEstimator
{
    /// <summary>Unbiased estimates; the teacher's most probable id counts as that of the drawn ids, which it is but for (1 − max p)^N of the cases.</summary>
    /// <param name="logits">The student's [P, V], row i predicting target i.</param>
    /// <param name="targets">Holdout labels of the P positions.</param>
    /// <param name="temperature">T of the labels; q = softmax(logits / T).</param>
    /// <exception cref="ArgumentException">The labels carry no ln p.</exception>
    public static PositionEstimates Estimate(Tensor logits, SampledTargets targets, double temperature)
    {
        var teacher = targets.LogProbabilities ?? throw new ArgumentException("acceptance needs labels in the holdout form, with ln p", nameof(targets));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var scaled = temperature == 1 ? logits : logits.Over(temperature);
        var student = scaled.gather(1, targets.Ids) - scaled.logsumexp(1, keepdim: true);
        var acceptance = ((student - teacher).clamp_max(Scalars.Zero).exp() * targets.Weights).sum(1);
        var divergence = ((teacher - student) * targets.Weights).sum(1);
        var crossEntropy = (student * targets.Weights).sum(1).neg();
        return new PositionEstimates(Values(acceptance), Values(divergence), Values(crossEntropy), Agreement(scaled, targets.Ids, teacher.masked_fill(targets.Weights.eq(Scalars.Zero), Scalars.NegativeInfinity)));
    }

    /// <summary>Bounds: α from both sides, KL and cross-entropy from below. The agreement is exact but for ids whose ln p lie within the grid of labels, 1/256 nat.</summary>
    /// <param name="logits">The student's [P, V], row i predicting target i.</param>
    /// <param name="targets">Top-k labels of the P positions.</param>
    /// <param name="temperature">T of the labels; q = softmax(logits / T).</param>
    /// <exception cref="ArgumentException">The targets carry no entropy.</exception>
    public static PositionEstimates Estimate(Tensor logits, TopKTargets targets, double temperature)
    {
        var entropy = targets.Entropy ?? throw new ArgumentException("cross-entropy needs the entropy of the labels", nameof(targets));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var scaled = (temperature == 1 ? logits : logits.Over(temperature)).to_type(ScalarType.Float64);
        var total = scaled.logsumexp(1, keepdim: true);
        var (teacher, tail) = (targets.LogProbabilities, targets.LogTailMass);
        var student = scaled.gather(1, targets.Ids) - total;
        var studentTail = scaled.scatter(1, targets.Ids, full_like(teacher, Scalars.NegativeInfinity)).logsumexp(1, keepdim: true) - total;
        var kept = teacher.minimum(student).exp().sum(1);
        var divergence = Term(teacher, teacher - student).sum(1).Plus(Term(tail, tail - studentTail).squeeze(1));
        return new PositionEstimates(
            Values(kept),
            Values(divergence),
            Values(divergence.Plus(entropy)),
            Agreement(scaled, targets.Ids, teacher),
            Values(kept.Plus(tail.minimum(studentTail).exp().squeeze(1))));
    }

    /// <summary>p·x, which is 0 where p is.</summary>
    private static Tensor Term(Tensor logProbabilities, Tensor x) => logProbabilities.exp() * x.masked_fill(logProbabilities.eq(Scalars.NegativeInfinity), Scalars.Zero);

    private static double[] Agreement(Tensor student, Tensor ids, Tensor teacher) =>
        Values(ids.gather(1, teacher.argmax(1, keepdim: true)).squeeze(1).eq(student.argmax(1)));

    private static double[] Values(Tensor values) => values.to_type(ScalarType.Float64).cpu().data<double>().ToArray();
}
