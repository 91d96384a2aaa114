namespace Reflux.Distillation.Evaluation;

/// <summary>
/// A mean over positions with the half-width of its 95 % confidence interval. Positions of one sequence are alike, so the sequence is the
/// unit of the variance (ratio estimator; Cochran: Sampling techniques, 3rd ed., 9A.1).
/// </summary>
public sealed class ClusteredMean
{
    private const double NormalQuantile = 1.959963984540054;

    private double _sum;
    private long _count;
    private double _sumOfSquares;
    private double _sumOfProducts;
    private double _countOfSquares;

    /// <summary>Sequences with at least one position.</summary>
    public int Clusters { get; private set; }

    /// <summary>Positions.</summary>
    public long Count => _count;

    /// <summary>The mean over all positions; NaN without any.</summary>
    public double Mean => _sum / _count;

    /// <summary>The half-width of the interval; infinite with fewer than two sequences, which say nothing about their variance.</summary>
    public double HalfWidth
    {
        get
        {
            if (Clusters < 2)
            {
                return double.PositiveInfinity;
            }

            // Σ (S − m·n)² over the clusters, expanded
            var squares = _sumOfSquares - (2 * Mean * _sumOfProducts) + (Mean * Mean * _countOfSquares);
            return NormalQuantile * Math.Sqrt(Math.Max(0, squares) * Clusters / (Clusters - 1.0)) / _count;
        }
    }

    /// <summary>Adds a sequence's positions: their sum and their number.</summary>
    public void Add(double sum, long count)
    {
        if (count == 0)
        {
            return;
        }

        Clusters++;
        _sum += sum;
        _count += count;
        _sumOfSquares += sum * sum;
        _sumOfProducts += sum * count;
        _countOfSquares += (double)count * count;
    }
}
