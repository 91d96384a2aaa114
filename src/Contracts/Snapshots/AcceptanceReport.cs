namespace Reflux.Contracts.Snapshots;

/// <summary>
/// How near a student is to its teacher on holdout sequences: α̂ with the half-width of its 95 % confidence interval, over all labelled positions and over those with
/// teacher entropy above 0.1 nats, and three figures more over all positions. From sampled labels α̂, KL and cross-entropy are unbiased estimates; from top-k labels they are lower
/// bounds, and <see cref="AcceptanceUpper"/> bounds α from above (docs/metrics.md). KL and cross-entropy are absent where they are infinite.
/// </summary>
public sealed record AcceptanceReport(
    double Acceptance, double HalfWidth, long Positions, double AcceptanceUncertain, double HalfWidthUncertain, long PositionsUncertain, double? KlDivergence, int Sequences)
{
    /// <summary>Half-width of <see cref="KlDivergence"/>, nats.</summary>
    public double? KlHalfWidth { get; init; }

    /// <summary>−Σ p ln q, nats.</summary>
    public MetricEstimate? CrossEntropy { get; init; }

    /// <summary>Share of positions whose most probable id is the same for teacher and student.</summary>
    public MetricEstimate? TopOneAgreement { get; init; }

    /// <summary>Where labels give bounds: α is not above it, within its own half-width.</summary>
    public MetricEstimate? AcceptanceUpper { get; init; }
}
