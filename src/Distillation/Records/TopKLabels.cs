namespace Reflux.Distillation.Records;

/// <summary>Labels of the k most probable ids with the tail as one bucket: Σ p over a position's ids and the tail is 1 but for float32 rounding.</summary>
public sealed class TopKLabels : SoftLabels
{
    private readonly ReadOnlyMemory<float> _logProbabilities;
    private readonly ReadOnlyMemory<float> _logTailMass;

    /// <param name="offsets">[P + 1] where each position's ids begin; 1 to k ids each.</param>
    /// <param name="ids">[K] ids.</param>
    /// <param name="logProbabilities">[K] ln p of each id, finite.</param>
    /// <param name="logTailMass">[P] ln of the mass of all other ids; −∞ where they have none.</param>
    /// <param name="entropy">[P] H(p), nats.</param>
    public TopKLabels(int[] offsets, int[] ids, float[] logProbabilities, float[] logTailMass, Half[] entropy)
        : this(offsets.AsMemory(), ids, logProbabilities, logTailMass, entropy)
    {
    }

    internal TopKLabels(
        ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> ids, ReadOnlyMemory<float> logProbabilities, ReadOnlyMemory<float> logTailMass, ReadOnlyMemory<Half> entropy)
        : base(offsets, ids, entropy) => (_logProbabilities, _logTailMass) = (logProbabilities, logTailMass);

    public override LabelKind Kind => LabelKind.TopK;

    /// <summary>[K] ln p of each id.</summary>
    public ReadOnlySpan<float> LogProbabilities => _logProbabilities.Span;

    /// <summary>[P] ln of the tail's exact mass; −∞ where the tail has none.</summary>
    public ReadOnlySpan<float> LogTailMass => _logTailMass.Span;

    public override SoftLabels Copy() =>
        new TopKLabels(Offsets.ToArray(), Ids.ToArray(), LogProbabilities.ToArray(), LogTailMass.ToArray(), Entropy.ToArray());
}
