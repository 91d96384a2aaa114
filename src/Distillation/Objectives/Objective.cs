using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// L = (1 − w)·T²·D(p_T, q_T) + w·CE(x_t, T = 1), summed over positions and divided by the step's global count of valid positions, so that chunks and
/// micro-batches add up. T² keeps the gradient's scale (Hinton, Vinyals, Dean: Distilling the knowledge in a neural network, 2015).
/// </summary>
public sealed record Objective
{
    /// <param name="divergence">D.</param>
    /// <param name="crossEntropyWeight">w, 0 to 1.</param>
    /// <param name="temperature">T of the labels, above 0.</param>
    public Objective(Divergence divergence, double crossEntropyWeight, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(crossEntropyWeight is >= 0 and <= 1, true, nameof(crossEntropyWeight));
        ArgumentOutOfRangeException.ThrowIfNotEqual(temperature is > 0 and < double.PositiveInfinity, true, nameof(temperature));
        (Divergence, CrossEntropyWeight, Temperature) = (divergence, crossEntropyWeight, temperature);
    }

    /// <summary>D.</summary>
    public Divergence Divergence { get; }

    /// <summary>w.</summary>
    public double CrossEntropyWeight { get; }

    /// <summary>T.</summary>
    public double Temperature { get; }

    /// <summary>What a valid spec asks for, on labels of a temperature.</summary>
    public static Objective Of(TrainingSpec spec, double temperature) =>
        new(spec.Objective is null ? Divergence.ForwardKl : Divergence.Parse(spec.Objective), spec.CrossEntropyWeight, temperature);

    /// <summary>Why a divergence can't be learned from labels of a kind (invalid-request), or null.</summary>
    public static RefluxException? Refusal(Divergence divergence, LabelKind kind) => kind is LabelKind.Sampled && divergence.Kind is not DivergenceKind.ForwardKl
        ? new RefluxException(
            ErrorCodes.InvalidRequest,
            $"training.objective: {divergence} can't be learned from sampled labels. Frequencies of draws estimate p without bias, but only forward KL is linear in p; any other divergence of them is biased.",
            "Train with forward_kl, or on a lane whose labels are top-k.")
        : null;

    /// <summary>Replaces a student's logits by the loss's gradient in them, in closed form and in place; no graph is recorded.</summary>
    /// <param name="logits">[P, V], row i predicting target i; −∞ marks rows of the head that are no tokens. Float32 or float64.</param>
    /// <param name="targets">The teacher's side of the P positions, at T.</param>
    /// <param name="globalCount">Valid positions of the whole step.</param>
    /// <returns>The loss, a float64 scalar in the caller's dispose scope.</returns>
    /// <exception cref="RefluxException">The targets can't train this divergence (invalid-request).</exception>
    public Tensor ReplaceByGradient(Tensor logits, SoftTargets targets, double globalCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(globalCount);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var scale = (1 - CrossEntropyWeight) * Temperature * Temperature / globalCount;
        if (CrossEntropyWeight == 0)
        {
            return targets.ReplaceByGradient(logits, Divergence, Temperature, scale).MoveToOuterDisposeScope();
        }

        // the answer's own token is a single draw, at T = 1
        var own = SampledTargets.FromTokens(targets.Tokens);
        if (CrossEntropyWeight == 1)
        {
            return own.ReplaceByGradient(logits, Divergence.ForwardKl, 1, 1 / globalCount).MoveToOuterDisposeScope();
        }

        var hard = logits.clone();
        var crossEntropy = own.ReplaceByGradient(hard, Divergence.ForwardKl, 1, CrossEntropyWeight / globalCount);
        var loss = targets.ReplaceByGradient(logits, Divergence, Temperature, scale).Plus(crossEntropy);
        logits.add_(hard, Scalars.One);
        return loss.MoveToOuterDisposeScope();
    }
}
