namespace Reflux.Cli.Bench.Quality;

/// <summary>The mean of paired differences with Student's 95 % confidence interval.</summary>
internal sealed record PairedGap(double Mean, double Low, double High)
{
    // 97.5 % quantiles of Student's t for 1 to 9 degrees of freedom
    private static readonly double[] Quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    /// <param name="differences">One a seed, 2 to 10 of them.</param>
    public static PairedGap Of(IReadOnlyList<double> differences)
    {
        var (count, mean) = (differences.Count, differences.Average());
        var deviation = Math.Sqrt(differences.Sum(difference => (difference - mean) * (difference - mean)) / (count - 1));
        var half = Quantiles[count - 2] * deviation / Math.Sqrt(count);
        return new PairedGap(mean, mean - half, mean + half);
    }

    /// <summary>True where the interval holds it.</summary>
    public bool Contains(double value) => value >= Low && value <= High;
}
