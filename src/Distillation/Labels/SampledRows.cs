namespace Reflux.Distillation.Labels;

/// <summary>What one call of <see cref="LabelSampler"/> drew for R rows.</summary>
public sealed class SampledRows : LabelRows
{
    internal SampledRows(int rows, int draws)
        : base(rows)
    {
        Ids = new int[rows * draws];
        Counts = new ushort[rows * draws];
        LogProbabilities = new Half[rows * draws];
    }

    internal int[] Ids { get; }

    internal ushort[] Counts { get; }

    internal Half[] LogProbabilities { get; }
}
