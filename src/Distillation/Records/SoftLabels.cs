namespace Reflux.Distillation.Records;

/// <summary>
/// Soft labels of P positions, flat: position i has the ids <c>Ids[Offsets[i] … Offsets[i+1] − 1]</c>, at least one, ascending and distinct. The
/// labels of a record that was given back can't be read any more.
/// </summary>
public abstract class SoftLabels
{
    private readonly ReadOnlyMemory<int> _offsets;
    private readonly ReadOnlyMemory<int> _ids;
    private readonly ReadOnlyMemory<Half> _entropy;

    private protected SoftLabels(ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> ids, ReadOnlyMemory<Half> entropy) =>
        (_offsets, _ids, _entropy) = (offsets, ids, entropy);

    /// <summary>Their form.</summary>
    public abstract LabelKind Kind { get; }

    /// <summary>[P + 1], from 0 up.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.Span;

    /// <summary>[K] token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.Span;

    /// <summary>[P] entropy H(p) in nats.</summary>
    public ReadOnlySpan<Half> Entropy => _entropy.Span;

    /// <summary>P.</summary>
    public int Positions => _entropy.Length;

    /// <summary>The same labels in memory of their own, for what outlives its record.</summary>
    public abstract SoftLabels Copy();
}
