namespace Reflux.Cli.Bench.Quality;

/// <summary>All seeds after the same training.</summary>
/// <param name="Tokens">Labelled tokens, mean over seeds.</param>
/// <param name="DenseAcceptance">α of the dense students, mean.</param>
/// <param name="CrossEntropy">By arm, mean, nats.</param>
/// <param name="Gaps">By arm, less the dense arm's of the same seed.</param>
internal sealed record QualityBudget(
    double Tokens, double DenseAcceptance, IReadOnlyDictionary<string, double> CrossEntropy, IReadOnlyDictionary<string, PairedGap> Gaps)
{
    /// <param name="seeds">At least two.</param>
    /// <param name="point">Which of their points.</param>
    public static QualityBudget Of(IReadOnlyList<SeedResult> seeds, int point)
    {
        QualityPoint[] points = [.. seeds.Select(seed => seed.Points[point])];
        return new QualityBudget(
            points.Average(each => each.Tokens),
            points.Average(each => each.Acceptance[QualityRun.Dense]),
            points[0].CrossEntropy.Keys.ToDictionary(arm => arm, arm => points.Average(each => each.CrossEntropy[arm])),
            points[0].CrossEntropy.Keys.Where(arm => arm != QualityRun.Dense).ToDictionary(
                arm => arm, arm => PairedGap.Of([.. points.Select(each => each.CrossEntropy[arm] - each.CrossEntropy[QualityRun.Dense])])));
    }
}
