namespace Reflux.Cli.Bench.Quality;

/// <summary>Held-out cross-entropy −Σ p ln q of students that learned from the same teacher by different labels, at the larger budget; means over seeds.</summary>
/// <param name="Entropy">The teacher's, nats a position.</param>
/// <param name="UniqueIds">Of the draws at a position.</param>
/// <param name="DenseCe">With the teacher's whole distribution.</param>
/// <param name="SampledCe">With draws.</param>
/// <param name="GapNats">Sampled less dense, the mean of the pairs.</param>
/// <param name="GapCi">Its 95 % confidence interval over the seeds.</param>
/// <param name="TopkCe">With top-k and the tail as one bucket.</param>
/// <param name="TopkNoTailCe">With top-k as if there were no tail, which is biased.</param>
/// <param name="DenseAcceptance">α of the dense student.</param>
/// <param name="Budgets">The gaps at both budgets.</param>
internal sealed record LabelQuality(
    double Entropy,
    double UniqueIds,
    double DenseCe,
    double SampledCe,
    double GapNats,
    IReadOnlyList<double> GapCi,
    double TopkCe,
    double TopkNoTailCe,
    double DenseAcceptance,
    IReadOnlyList<QualityBudget> Budgets)
{
    /// <summary>How far from the dense students those of draws may end, nats.</summary>
    public const double LargestGap = 0.01;

    private const double LeastEntropy = 0.7;
    private const double LeastAcceptance = 0.8;

    /// <summary>Which of the comparison's bars were missed, one line each; empty where all hold.</summary>
    public IReadOnlyList<string> Missed =>
    [
        .. Unless(Entropy >= LeastEntropy, $"the teacher's entropy, {Entropy:0.00}, is below {LeastEntropy}: where it is certain all labels are the same"),
        .. Unless(DenseAcceptance >= LeastAcceptance, $"the dense student's acceptance, {DenseAcceptance:0.000}, is below {LeastAcceptance}: it has learned too little to compare with"),
        .. Unless(Math.Abs(GapNats) <= LargestGap, $"the gap of sampled labels, {GapNats:0.0000} nats, is beyond {LargestGap}"),
        .. Unless(
            TopkNoTailCe - DenseCe < GapCi[0] || TopkNoTailCe - DenseCe > GapCi[1],
            $"top-k without tail, {TopkNoTailCe - DenseCe:0.0000} nats from dense, lies within the interval of sampled labels: the comparison can't tell a bias"),
    ];

    public static LabelQuality Of(IReadOnlyList<SeedResult> seeds)
    {
        var last = seeds[0].Points.Count - 1;
        QualityBudget[] budgets = [QualityBudget.Of(seeds, (last - 1) / 2), QualityBudget.Of(seeds, last)];
        var (ce, gap) = (budgets[1].CrossEntropy, budgets[1].Gaps[QualityRun.Sampled]);
        return new LabelQuality(
            seeds.Average(seed => seed.Entropy),
            seeds.Average(seed => seed.UniqueIds),
            ce[QualityRun.Dense],
            ce[QualityRun.Sampled],
            gap.Mean,
            [gap.Low, gap.High],
            ce[QualityRun.TopK],
            ce[QualityRun.TopKNoTail],
            budgets[1].DenseAcceptance,
            budgets);
    }

    private static string[] Unless(bool holds, FormattableString missed) => holds ? [] : [FormattableString.Invariant(missed)];
}
