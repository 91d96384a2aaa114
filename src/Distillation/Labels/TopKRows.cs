namespace Reflux.Distillation.Labels;

/// <summary>What one call of <see cref="TopKLabeller"/> found in R rows.</summary>
public sealed class TopKRows : LabelRows
{
    internal TopKRows(int rows, int size)
        : base(rows)
    {
        Ids = new int[rows * size];
        LogProbabilities = new float[rows * size];
        LogTailMass = new float[rows];
    }

    internal int[] Ids { get; }

    internal float[] LogProbabilities { get; }

    internal float[] LogTailMass { get; }
}
