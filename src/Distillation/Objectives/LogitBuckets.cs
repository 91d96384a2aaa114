using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// Losses that see a distribution over V tokens as some ids and one bucket for all others. One pass over the [P, V] logits finds the bucket's mass, another
/// leaves the gradient in their place; all else is [P, M].
/// </summary>
internal static class LogitBuckets
{
    private static readonly Scalar Least = float.MinValue;

    /// <summary>Replaces logits z by scale · ∂ΣD/∂z.</summary>
    /// <param name="logits">[P, V], float32 or float64.</param>
    /// <param name="ids">int64 [P, M]; padding repeats an id of its row.</param>
    /// <param name="padding">bool [P, M]</param>
    /// <param name="temperature">T: the student is softmax(z/T).</param>
    /// <param name="scale">Multiplies loss and gradient.</param>
    /// <param name="divergence">From ln q of ids and tail, float64 [P, M + 1], −∞ on padding, to each row's D [P] and its derivative by them, 0 on padding.</param>
    /// <returns>scale · ΣD, a float64 scalar in the caller's dispose scope.</returns>
    public static Tensor ReplaceByGradient(
        Tensor logits, Tensor ids, Tensor padding, double temperature, double scale, Func<Tensor, (Tensor Loss, Tensor Slope)> divergence)
    {
        using var scope = NewDisposeScope();
        var (width, dtype) = (ids.shape[1], logits.dtype);
        if (temperature != 1)
        {
            using Scalar divisor = temperature;
            logits.div_(divisor);
        }

        // ln q_τ = logsumexp(outside) − logsumexp(all); log(1 − Σ q) would cancel
        var inside = logits.gather(1, ids).to_type(ScalarType.Float64).masked_fill_(padding, Scalars.NegativeInfinity);
        logits.scatter_(1, ids, full(ids.shape, Scalars.NegativeInfinity, dtype, logits.device));
        // finite where nothing is outside
        var top = logits.amax([1], keepdim: true).clamp_min_(Least);
        var mass = logits.sub_(top).exp_().sum(1, keepdim: true).to_type(ScalarType.Float64);
        var outside = mass.log().Plus(top);
        var all = outside.logaddexp(inside.logsumexp(1, keepdim: true));
        var logStudent = cat([inside, outside], 1) - all;

        var (loss, slope) = divergence(logStudent);
        var gradient = (slope - (slope.sum(1, keepdim: true) * logStudent.exp())).Times(scale / temperature);
        // the bucket's gradient falls on its ids as softmax_outside(z); padding adds zeros, so the order of additions can't matter
        logits.mul_((gradient.narrow(1, width, 1) / mass).masked_fill_(mass.eq(Scalars.Zero), Scalars.Zero).to_type(dtype));
        logits.scatter_add_(1, ids, gradient.narrow(1, 0, width).to_type(dtype));
        return loss.sum().Times(scale).MoveToOuterDisposeScope();
    }
}
