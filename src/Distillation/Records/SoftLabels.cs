namespace Reflux.Distillation.Records;

/// <summary>
/// Soft labels of P positions, flat: position i has the ids <c>Ids[Offsets[i] … Offsets[i+1] − 1]</c>, at least one, ascending and distinct. Labels
/// that were decoded into <see cref="LabelBuffers"/> end with the next record there; reading them later is an <see cref="ObjectDisposedException"/>.
/// </summary>
public abstract class SoftLabels
{
    private readonly ReadOnlyMemory<int> _offsets;
    private readonly ReadOnlyMemory<int> _ids;
    private readonly ReadOnlyMemory<Half> _entropy;
    private readonly LabelBuffers? _buffers;
    private readonly long _generation;

    private protected SoftLabels(ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> ids, ReadOnlyMemory<Half> entropy, LabelBuffers? buffers)
    {
        (_offsets, _ids, _entropy) = (offsets, ids, entropy);
        (_buffers, _generation) = (buffers, buffers?.Generation ?? 0);
    }

    /// <summary>Their form.</summary>
    public abstract LabelKind Kind { get; }

    /// <summary>[P + 1], from 0 up.</summary>
    public ReadOnlySpan<int> Offsets => Read(_offsets);

    /// <summary>[K] token ids.</summary>
    public ReadOnlySpan<int> Ids => Read(_ids);

    /// <summary>[P] entropy H(p) in nats.</summary>
    public ReadOnlySpan<Half> Entropy => Read(_entropy);

    /// <summary>P.</summary>
    public int Positions => _entropy.Length;

    /// <summary>The same labels in memory of their own, for what outlives its record.</summary>
    public abstract SoftLabels Copy();

    private protected ReadOnlySpan<T> Read<T>(ReadOnlyMemory<T> memory)
    {
        ObjectDisposedException.ThrowIf(_buffers is not null && _buffers.Generation != _generation, this);
        return memory.Span;
    }
}
