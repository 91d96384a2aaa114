using Reflux.Contracts.Definitions;
using Reflux.Distillation.Records;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// Sampled labels of P positions as tensors, M being the most distinct ids at any of them. Σ (c/N)(−ln q) − H(p) estimates KL(p ‖ q) without bias, and its
/// gradient q − c/N is that of the full KL in expectation. Rows with fewer ids repeat their first id with weight 0.
/// </summary>
public sealed class SampledTargets : SoftTargets
{
    private SampledTargets(Tensor ids, Tensor weights, Tensor tokens, Tensor entropy, Tensor? logProbabilities)
        : base(tokens) =>
        (Ids, Weights, Entropy, LogProbabilities) = (ids, weights, entropy, logProbabilities);

    /// <summary>int64 [P, M] drawn ids.</summary>
    public Tensor Ids { get; }

    /// <summary>[P, M] c/N; 0 on padding.</summary>
    public Tensor Weights { get; }

    /// <summary>[P] H(p), nats.</summary>
    public Tensor Entropy { get; }

    /// <summary>[P, M] ln p of the drawn ids where every sequence is a holdout sequence, otherwise null; 0 on padding.</summary>
    public Tensor? LogProbabilities { get; }

    /// <summary>The labelled positions of <paramref name="sequences"/>, one sequence after the other, t ascending. The tensors belong to the caller's dispose scope.</summary>
    /// <param name="sequences">At least one, with sampled labels.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="dtype">Of weights, entropies and ln p.</param>
    /// <exception cref="ArgumentException">Their labels are of another kind.</exception>
    public static SampledTargets From(IReadOnlyList<LabelledSequence> sequences, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var holdout = sequences.All(sequence => Sampled(sequence.Labels).HasLogProbabilities);
        var grid = new LabelGrid(sequences, device);
        var counts = grid.PerId(0, (labels, k) => Sampled(labels).Counts[k]);
        return new SampledTargets(
            grid.Ids().MoveToOuterDisposeScope(),
            (counts / counts.sum(1, keepdim: true)).to_type(dtype).MoveToOuterDisposeScope(),
            grid.Tokens().MoveToOuterDisposeScope(),
            grid.PerPosition((labels, i) => (double)labels.Entropy[i]).to_type(dtype).MoveToOuterDisposeScope(),
            holdout ? grid.PerId(0, (labels, k) => (double)Sampled(labels).LogProbabilities[k]).to_type(dtype).MoveToOuterDisposeScope() : null);
    }

    /// <inheritdoc />
    public override SampledTargets Narrow(long start, long length) => new(
        Ids.narrow(0, start, length),
        Weights.narrow(0, start, length),
        Tokens.narrow(0, start, length),
        Entropy.narrow(0, start, length),
        LogProbabilities?.narrow(0, start, length));

    /// <summary>Weights of any origin over ids, for comparisons: their cross-entropy and its gradient Σw·q − w.</summary>
    /// <param name="ids">int64 [P, M]; a row's ids are distinct but for those of weight 0.</param>
    /// <param name="weights">float64 [P, M], at least 0.</param>
    /// <param name="tokens">int64 [P]</param>
    internal static SampledTargets FromWeights(Tensor ids, Tensor weights, Tensor tokens) =>
        new(ids, weights, tokens, zeros(ids.shape[0], ScalarType.Float64, ids.device), null);

    /// <summary>The answers' own tokens x_t as single draws: cross-entropy.</summary>
    internal static SampledTargets FromTokens(Tensor tokens) =>
        FromWeights(tokens.unsqueeze(1), ones(tokens.shape[0], 1, ScalarType.Float64, tokens.device), tokens);

    internal override Tensor ReplaceByGradient(Tensor logits, Divergence divergence, double temperature, double scale)
    {
        if (Objective.Refusal(divergence, LabelKind.Sampled) is { } refusal)
        {
            throw refusal;
        }

        using var scope = NewDisposeScope();
        var padding = Weights.eq(Scalars.Zero);
        return LogitBuckets.ReplaceByGradient(
            logits,
            Ids,
            padding,
            temperature,
            scale,
            logStudent =>
            {
                var drawn = logStudent.narrow(1, 0, Ids.shape[1]).masked_fill(padding, Scalars.Zero);
                var loss = (drawn * Weights).sum(1).neg() - Entropy;
                return (loss, cat([Weights.neg(), zeros(Positions, 1, ScalarType.Float64, Weights.device)], 1));
            }).MoveToOuterDisposeScope();
    }

    private static SampledLabels Sampled(SoftLabels labels) =>
        labels as SampledLabels ?? throw new ArgumentException($"{labels.Kind} labels are not draws.", nameof(labels));
}
