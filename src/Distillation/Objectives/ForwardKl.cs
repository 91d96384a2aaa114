using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// L = (1 − w)·T²·KL(p_T ‖ q_T) + w·CE(x_t, T = 1), summed over the positions given and divided by the step's global count of valid positions,
/// so that micro-batches add up. T² keeps the gradient's scale (Hinton, Vinyals, Dean: Distilling the knowledge in a neural network, 2015).
/// </summary>
public static class ForwardKl
{
    /// <summary>
    /// The loss from sampled labels: Σ (c/N)(−ln q_T) − H(p_T) estimates the KL without bias, and its gradient q − c/N is that of the full KL in expectation.
    /// </summary>
    /// <param name="logits">The student's [P, V], row i predicting target i; the loss has their dtype (float32 or float64).</param>
    /// <param name="targets">Labels of the P positions, drawn at <paramref name="temperature"/>.</param>
    /// <param name="crossEntropyWeight">w, 0 to 1.</param>
    /// <param name="temperature">T of the labels.</param>
    /// <param name="globalCount">Valid positions of the whole step.</param>
    /// <returns>A scalar, in the caller's dispose scope.</returns>
    public static Tensor Loss(Tensor logits, SampledTargets targets, double crossEntropyWeight, double temperature, double globalCount)
    {
        Guard(crossEntropyWeight, temperature, globalCount);
        using var scope = NewDisposeScope();
        var scaled = temperature == 1 ? logits : logits / temperature;
        var divergence = (scaled.logsumexp(1) - (scaled.gather(1, targets.Ids) * targets.Weights).sum(1) - targets.Entropy).sum();
        return Mix(divergence, logits, targets.Tokens, crossEntropyWeight, temperature, globalCount).MoveToOuterDisposeScope();
    }

    /// <summary>The loss from the teacher's full distribution: what sampled labels estimate. For tests and golden values; nothing dense is ever stored.</summary>
    /// <param name="logits">The student's [P, V].</param>
    /// <param name="teacherLogits">The teacher's [P, V]; −inf marks ids that don't exist.</param>
    /// <param name="tokens">int64 [P], the answers' own tokens.</param>
    /// <param name="crossEntropyWeight">w, 0 to 1.</param>
    /// <param name="temperature">T.</param>
    /// <param name="globalCount">Valid positions of the whole step.</param>
    /// <returns>A scalar, in the caller's dispose scope.</returns>
    public static Tensor Dense(Tensor logits, Tensor teacherLogits, Tensor tokens, double crossEntropyWeight, double temperature, double globalCount)
    {
        Guard(crossEntropyWeight, temperature, globalCount);
        using var scope = NewDisposeScope();
        // in float64 throughout: ln p − ln q cancels, and T² magnifies what is left
        var precise = logits.to_type(ScalarType.Float64);
        var teacher = (teacherLogits.detach().to_type(ScalarType.Float64) / temperature).log_softmax(-1);
        var probabilities = teacher.exp();
        var student = (precise / temperature).log_softmax(-1);
        // where p = 0 the term is 0 by continuity, whatever q
        var divergence = (probabilities * (teacher - student).masked_fill(probabilities.eq(0), 0)).sum();
        return Mix(divergence, precise, tokens, crossEntropyWeight, temperature, globalCount).to_type(logits.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor Mix(Tensor divergence, Tensor logits, Tensor tokens, double crossEntropyWeight, double temperature, double globalCount)
    {
        var loss = divergence * ((1 - crossEntropyWeight) * temperature * temperature);
        if (crossEntropyWeight > 0)
        {
            var crossEntropy = (logits.logsumexp(1) - logits.gather(1, tokens.unsqueeze(1)).squeeze(1)).sum();
            loss = loss + (crossEntropy * crossEntropyWeight);
        }

        return loss / globalCount;
    }

    private static void Guard(double crossEntropyWeight, double temperature, double globalCount)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(crossEntropyWeight is >= 0 and <= 1, true, nameof(crossEntropyWeight));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(globalCount);
    }
}
