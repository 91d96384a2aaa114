using Reflux.Contracts.Definitions;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// Divergences of distributions over the same events, from their logarithms, with 0·ln 0 = 0. Sources: Lin 1991 (Jensen–Shannon), Ko et al. 2024, "DistiLLM"
/// (skew KL), Wen et al. 2023, "f-divergence minimization for sequence-level knowledge distillation".
/// </summary>
internal static class DivergenceFormulas
{
    // a teacher's sum that rounds to 1 in float64 can hide this much; KL(q ‖ 0) itself is infinite
    private static readonly Scalar LeastMass = Math.Log(double.BitIncrement(1) - 1);

    /// <summary>D of each row, and its derivative by ln q with the events taken as independent.</summary>
    /// <param name="logTeacher">float64 [P, M] ln p; −∞ where p = 0.</param>
    /// <param name="logStudent">float64 [P, M] ln q.</param>
    /// <returns>[P] and [P, M]. Its gradient in logits z with q = softmax(z) is slope − q·Σ slope.</returns>
    public static (Tensor Loss, Tensor Slope) Of(Divergence divergence, Tensor logTeacher, Tensor logStudent)
    {
        var (p, q, weight) = (logTeacher.exp(), logStudent.exp(), divergence.Parameter);
        var (terms, slope) = divergence.Kind switch
        {
            DivergenceKind.ForwardKl => (p * LogRatio(p, logTeacher, logStudent), p.neg()),
            DivergenceKind.ReverseKl => ReverseKl(q, LogRatio(q, logStudent, logTeacher.masked_fill(logTeacher.eq(Scalars.NegativeInfinity), LeastMass))),
            DivergenceKind.Jsd => Jsd(logTeacher, logStudent, p, q, weight),
            DivergenceKind.SkewForwardKl => SkewForwardKl(logTeacher, logStudent, p, Mixture(logTeacher, logStudent, weight), weight),
            DivergenceKind.SkewReverseKl => SkewReverseKl(q, LogRatio(q, logStudent, Mixture(logStudent, logTeacher, weight)), weight),
            DivergenceKind.Tvd => ((p - q).abs().Times(0.5), (q * (q - p).sign()).Times(0.5)),
            _ => throw new ArgumentOutOfRangeException(nameof(divergence)),
        };
        return (terms.sum(1), slope);
    }

    private static (Tensor Terms, Tensor Slope) ReverseKl(Tensor q, Tensor ratio) => (q * ratio, q * ratio.Plus(1));

    private static (Tensor Terms, Tensor Slope) Jsd(Tensor logTeacher, Tensor logStudent, Tensor p, Tensor q, double weight)
    {
        var mixture = Mixture(logTeacher, logStudent, weight);
        var toStudent = (q * LogRatio(q, logStudent, mixture)).Times(1 - weight);
        return ((p * LogRatio(p, logTeacher, mixture)).Times(weight).Plus(toStudent), toStudent);
    }

    private static (Tensor Terms, Tensor Slope) SkewForwardKl(Tensor logTeacher, Tensor logStudent, Tensor p, Tensor mixture, double weight) =>
        (p * LogRatio(p, logTeacher, mixture), (p * LogRatio(p, logStudent, mixture).exp()).Times(weight - 1));

    private static (Tensor Terms, Tensor Slope) SkewReverseKl(Tensor q, Tensor ratio, double weight) =>
        (q * ratio, q * (ratio.Plus(1) - ratio.exp().Times(weight)));

    /// <summary>ln a − ln b where there is mass, 0 elsewhere: both may be −∞ there.</summary>
    private static Tensor LogRatio(Tensor mass, Tensor logA, Tensor logB) => (logA - logB).masked_fill_(mass.eq(Scalars.Zero), Scalars.Zero);

    /// <summary>ln(weight·a + (1 − weight)·b).</summary>
    private static Tensor Mixture(Tensor logA, Tensor logB, double weight) => logA.Plus(Math.Log(weight)).logaddexp(logB.Plus(Math.Log(1 - weight)));
}
