namespace Reflux.Distillation.Labels;

/// <summary>What one call of a <see cref="Labeller"/> made of R rows.</summary>
public abstract class LabelRows
{
    private protected LabelRows(int rows)
    {
        Tokens = new long[rows];
        Entropy = new Half[rows];
        Offsets = new int[rows + 1];
    }

    /// <summary>[R] the answer's own tokens.</summary>
    public long[] Tokens { get; }

    /// <summary>[R] H(p), nats.</summary>
    public Half[] Entropy { get; }

    /// <summary>[R + 1] row r has the entries from <c>Offsets[r]</c> to before <c>Offsets[r + 1]</c>.</summary>
    internal int[] Offsets { get; }
}
