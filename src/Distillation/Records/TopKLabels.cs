namespace Reflux.Distillation.Records;

/// <summary>Labels of the k most probable ids with the tail as one bucket: Σ p over a position's ids and the tail is 1 but for float32 rounding.</summary>
public sealed class TopKLabels : SoftLabels
{
    private readonly ReadOnlyMemory<float> _logProbabilities;
    private readonly ReadOnlyMemory<float> _logTailMass;
    private readonly ReadOnlyMemory<float> _logScale;

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
        ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> ids, ReadOnlyMemory<float> logProbabilities, ReadOnlyMemory<float> logTailMass, ReadOnlyMemory<Half> entropy,
        ReadOnlyMemory<float> logScale = default, LabelBuffers? buffers = null)
        : base(offsets, ids, entropy, buffers) => (_logProbabilities, _logTailMass, _logScale) = (logProbabilities, logTailMass, logScale);

    public override LabelKind Kind => LabelKind.TopK;

    /// <summary>[K] ln p of each id.</summary>
    public ReadOnlySpan<float> LogProbabilities => Read(_logProbabilities);

    /// <summary>[P] ln of the tail's exact mass; −∞ where the tail has none.</summary>
    public ReadOnlySpan<float> LogTailMass => Read(_logTailMass);

    /// <summary>
    /// [P] ln of what the masses as stored added up to, empty for labels that come from no record. Reading subtracted it; writing adds it again, so that
    /// labels that pass through several records stay what they were.
    /// </summary>
    internal ReadOnlySpan<float> LogScale => Read(_logScale);

    public override SoftLabels Copy() =>
        new TopKLabels(
            Offsets.ToArray().AsMemory(), Ids.ToArray(), LogProbabilities.ToArray(), LogTailMass.ToArray(), Entropy.ToArray(), LogScale.ToArray());
}
