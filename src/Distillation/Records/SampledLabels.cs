namespace Reflux.Distillation.Records;

/// <summary>Labels of N draws with replacement: the drawn ids, each with how often it was drawn; the counts of a position add up to N.</summary>
public sealed class SampledLabels : SoftLabels
{
    private readonly ReadOnlyMemory<ushort> _counts;
    private readonly ReadOnlyMemory<Half>? _logProbabilities;

    /// <param name="offsets">[P + 1] where each position's ids begin.</param>
    /// <param name="ids">[K] drawn ids.</param>
    /// <param name="counts">[K] how often each was drawn.</param>
    /// <param name="entropy">[P] H(p), nats.</param>
    /// <param name="logProbabilities">[K] ln p of each drawn id in the holdout form, otherwise null.</param>
    public SampledLabels(int[] offsets, int[] ids, ushort[] counts, Half[] entropy, Half[]? logProbabilities = null)
        : this(offsets, ids, counts, entropy, logProbabilities is null ? default(ReadOnlyMemory<Half>?) : logProbabilities)
    {
    }

    internal SampledLabels(
        ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> ids, ReadOnlyMemory<ushort> counts, ReadOnlyMemory<Half> entropy, ReadOnlyMemory<Half>? logProbabilities,
        LabelBuffers? buffers = null)
        : base(offsets, ids, entropy, buffers) => (_counts, _logProbabilities) = (counts, logProbabilities);

    public override LabelKind Kind => LabelKind.Sampled;

    /// <summary>[K] how often each id was drawn, at least 1.</summary>
    public ReadOnlySpan<ushort> Counts => Read(_counts);

    /// <summary>True in the holdout form, which carries ln p.</summary>
    public bool HasLogProbabilities => _logProbabilities is not null;

    /// <summary>[K] ln p of each drawn id in the holdout form, otherwise empty.</summary>
    public ReadOnlySpan<Half> LogProbabilities => Read(_logProbabilities.GetValueOrDefault());

    public override SoftLabels Copy() => new SampledLabels(
        Offsets.ToArray(), Ids.ToArray(), Counts.ToArray(), Entropy.ToArray(), HasLogProbabilities ? LogProbabilities.ToArray() : null);
}
