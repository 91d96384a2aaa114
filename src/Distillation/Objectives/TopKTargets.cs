using Reflux.Contracts.Definitions;
using Reflux.Distillation.Records;
using Reflux.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// The most probable ids of P positions with the tail as one more bucket: a divergence of the k + 1 masses, which bounds that of the whole distributions from
/// below. Without the tail a student converges to p/Σ_K p instead of p.
/// </summary>
public sealed class TopKTargets : SoftTargets
{
    private readonly Tensor _logMass;

    private TopKTargets(Tensor ids, Tensor logMass, Tensor tokens, Tensor? entropy)
        : base(tokens) => (Ids, _logMass, Entropy) = (ids, logMass, entropy);

    /// <summary>int64 [P, M]; padding repeats an id of its row.</summary>
    public Tensor Ids { get; }

    /// <summary>float64 [P, M] ln p of the ids; −∞ on padding.</summary>
    public Tensor LogProbabilities => _logMass.narrow(1, 0, Ids.shape[1]);

    /// <summary>float64 [P, 1] ln of the tail's mass; −∞ where it has none.</summary>
    public Tensor LogTailMass => _logMass.narrow(1, Ids.shape[1], 1);

    /// <summary>float64 [P] H(p) of the whole distribution, nats, where labels gave it.</summary>
    public Tensor? Entropy { get; }

    /// <summary>The labelled positions of <paramref name="sequences"/>; masses are rescaled to add up to 1. The tensors belong to the caller's dispose scope.</summary>
    /// <param name="sequences">At least one, with top-k labels.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <exception cref="ArgumentException">Their labels are of another kind.</exception>
    public static TopKTargets From(IReadOnlyList<LabelledSequence> sequences, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var grid = new LabelGrid(sequences, device);
        var logProbabilities = grid.PerId(double.NegativeInfinity, (labels, k) => TopK(labels).LogProbabilities[k]);
        var tail = grid.PerPosition((labels, i) => TopK(labels).LogTailMass[i]).unsqueeze(1);
        return new TopKTargets(
            grid.Ids().MoveToOuterDisposeScope(),
            Normalized(logProbabilities, tail).MoveToOuterDisposeScope(),
            grid.Tokens().MoveToOuterDisposeScope(),
            grid.PerPosition((labels, i) => (double)labels.Entropy[i]).MoveToOuterDisposeScope());
    }

    /// <summary>The same from tensors.</summary>
    /// <param name="ids">int64 [P, M]; padding repeats an id of its row.</param>
    /// <param name="logProbabilities">float64 [P, M] ln p; −∞ on padding.</param>
    /// <param name="logTailMass">float64 [P, 1]; −∞ where the tail has none.</param>
    /// <param name="tokens">int64 [P]</param>
    public static TopKTargets Of(Tensor ids, Tensor logProbabilities, Tensor logTailMass, Tensor tokens) =>
        new(ids, Normalized(logProbabilities, logTailMass), tokens, entropy: null);

    /// <inheritdoc />
    public override TopKTargets Narrow(long start, long length) =>
        new(Ids.narrow(0, start, length), _logMass.narrow(0, start, length), Tokens.narrow(0, start, length), Entropy?.narrow(0, start, length));

    internal override Tensor ReplaceByGradient(Tensor logits, Divergence divergence, double temperature, double scale)
    {
        using var scope = NewDisposeScope();
        var padding = LogProbabilities.eq(Scalars.NegativeInfinity);
        return LogitBuckets.ReplaceByGradient(
            logits, Ids, padding, temperature, scale, logStudent => DivergenceFormulas.Of(divergence, _logMass, logStudent)).MoveToOuterDisposeScope();
    }

    private static Tensor Normalized(Tensor logProbabilities, Tensor logTailMass) => cat([logProbabilities, logTailMass], 1).log_softmax(1);

    private static TopKLabels TopK(SoftLabels labels) =>
        labels as TopKLabels ?? throw new ArgumentException($"{labels.Kind} labels are no top-k labels.", nameof(labels));
}
