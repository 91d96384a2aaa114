namespace Reflux.Distillation.Labels;

/// <summary>What one call of <see cref="LabelSampler"/> drew for R rows, flat: row r has ids <c>Ids[Offsets[r] … Offsets[r+1] − 1]</c>.</summary>
public sealed class SampledRows
{
    internal SampledRows(int rows, int draws)
    {
        Tokens = new long[rows];
        Offsets = new int[rows + 1];
        Entropy = new Half[rows];
        Ids = new int[rows * draws];
        Counts = new ushort[rows * draws];
        LogProbabilities = new Half[rows * draws];
    }

    /// <summary>[R] the answer's own tokens.</summary>
    public long[] Tokens { get; }

    /// <summary>[R] H(p), nats.</summary>
    public Half[] Entropy { get; }

    internal int[] Offsets { get; }

    internal int[] Ids { get; }

    internal ushort[] Counts { get; }

    internal Half[] LogProbabilities { get; }
}
