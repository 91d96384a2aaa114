using Reflux.Distillation.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Objectives;

/// <summary>
/// Sampled labels of P positions as tensors, M being the most distinct ids at any of them. Rows with fewer ids repeat their first id with
/// weight 0: the gradient's scatter then adds at most one non-zero value to any place, so its result depends on no order of additions.
/// </summary>
public sealed class SampledTargets
{
    private SampledTargets(Tensor ids, Tensor weights, Tensor tokens, Tensor entropy, Tensor? logProbabilities) =>
        (Ids, Weights, Tokens, Entropy, LogProbabilities) = (ids, weights, tokens, entropy, logProbabilities);

    /// <summary>int64 [P, M] drawn ids.</summary>
    public Tensor Ids { get; }

    /// <summary>[P, M] c/N; 0 on padding.</summary>
    public Tensor Weights { get; }

    /// <summary>int64 [P] the answers' own tokens x_t.</summary>
    public Tensor Tokens { get; }

    /// <summary>[P] H(p), nats.</summary>
    public Tensor Entropy { get; }

    /// <summary>[P, M] ln p of the drawn ids where every sequence is a holdout sequence, otherwise null.</summary>
    public Tensor? LogProbabilities { get; }

    /// <summary>P.</summary>
    public long Positions => Tokens.shape[0];

    /// <summary>The labelled positions of <paramref name="sequences"/>, one sequence after the other, t ascending. The tensors belong to the caller's dispose scope.</summary>
    /// <param name="sequences">At least one.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="dtype">Of weights, entropies and ln p: that of the logits.</param>
    public static SampledTargets From(IReadOnlyList<LabelledSequence> sequences, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        var positions = sequences.Sum(sequence => sequence.LabelledTokens);
        var width = sequences.Max(sequence => Widest(sequence.Labels));
        var holdout = sequences.All(sequence => Sampled(sequence).HasLogProbabilities);
        var ids = new long[positions * width];
        var weights = new double[positions * width];
        var logProbabilities = new double[holdout ? positions * width : 0];
        var tokens = new long[positions];
        var entropy = new double[positions];
        var row = 0;
        foreach (var sequence in sequences)
        {
            var labels = Sampled(sequence);
            var i = 0;
            foreach (var target in sequence.Targets)
            {
                tokens[row] = sequence.Tokens[target];
                entropy[row] = (double)labels.Entropy[i];
                var (from, to) = (labels.Offsets[i], labels.Offsets[i + 1]);
                double drawn = Drawn(labels, from, to);
                for (var column = 0; column < width; column++)
                {
                    var (place, k) = ((row * width) + column, from + column < to ? from + column : from);
                    ids[place] = labels.Ids[k];
                    weights[place] = from + column < to ? labels.Counts[k] / drawn : 0;
                    if (holdout)
                    {
                        logProbabilities[place] = (double)labels.LogProbabilities[k];
                    }
                }

                (i, row) = (i + 1, row + 1);
            }
        }

        return new SampledTargets(
            tensor(ids, [positions, width], device: device),
            tensor(weights, [positions, width], dtype: dtype, device: device),
            tensor(tokens, [positions], device: device),
            tensor(entropy, [positions], dtype: dtype, device: device),
            holdout ? tensor(logProbabilities, [positions, width], dtype: dtype, device: device) : null);
    }

    /// <summary>The positions from <paramref name="start"/> on, as views: for work in chunks.</summary>
    public SampledTargets Narrow(long start, long length) => new(
        Ids.narrow(0, start, length),
        Weights.narrow(0, start, length),
        Tokens.narrow(0, start, length),
        Entropy.narrow(0, start, length),
        LogProbabilities?.narrow(0, start, length));

    private static SampledLabels Sampled(LabelledSequence sequence) =>
        sequence.Labels as SampledLabels ?? throw new ArgumentException($"{sequence.Labels.Kind} labels are not draws.", nameof(sequence));

    private static int Widest(SoftLabels labels)
    {
        var widest = 0;
        for (var i = 0; i < labels.Positions; i++)
        {
            widest = Math.Max(widest, labels.Offsets[i + 1] - labels.Offsets[i]);
        }

        return widest;
    }

    private static int Drawn(SampledLabels labels, int from, int to)
    {
        var drawn = 0;
        for (var k = from; k < to; k++)
        {
            drawn += labels.Counts[k];
        }

        return drawn;
    }
}
