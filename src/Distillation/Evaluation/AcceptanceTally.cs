using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Evaluation;

/// <summary>Adds up what holdout labels say, sequence by sequence, over all positions and over those where the teacher itself is uncertain.</summary>
public sealed class AcceptanceTally
{
    /// <summary>Positions with more teacher entropy than this, in nats, count as uncertain: template tokens, which flatter α, lie below it.</summary>
    public const double UncertainAbove = 0.1;

    private bool _bounds;

    /// <summary>α̂ over all positions.</summary>
    public ClusteredMean Acceptance { get; } = new();

    /// <summary>α̂ over the uncertain positions.</summary>
    public ClusteredMean AcceptanceUncertain { get; } = new();

    /// <summary>α's upper bound over all positions, where the labels give bounds.</summary>
    public ClusteredMean AcceptanceUpper { get; } = new();

    /// <summary>KL̂ over all positions, nats.</summary>
    public ClusteredMean KlDivergence { get; } = new();

    /// <summary>KL̂ over the uncertain positions, nats.</summary>
    public ClusteredMean KlDivergenceUncertain { get; } = new();

    /// <summary>Cross-entropy over all positions, nats.</summary>
    public ClusteredMean CrossEntropy { get; } = new();

    /// <summary>Agreement of the most probable ids over all positions.</summary>
    public ClusteredMean TopOneAgreement { get; } = new();

    /// <summary>Adds one sequence's positions.</summary>
    /// <param name="estimates">Of positions of any number of sequences.</param>
    /// <param name="start">The sequence's first among them.</param>
    /// <param name="entropy">The teacher's at each of the sequence's positions.</param>
    public void Add(PositionEstimates estimates, int start, ReadOnlySpan<Half> entropy)
    {
        var uncertain = new bool[entropy.Length];
        for (var i = 0; i < entropy.Length; i++)
        {
            uncertain[i] = (double)entropy[i] > UncertainAbove;
        }

        Add(Acceptance, estimates.Acceptance);
        Add(KlDivergence, estimates.KlDivergence);
        Add(CrossEntropy, estimates.CrossEntropy);
        Add(TopOneAgreement, estimates.Agreement);
        AddUncertain(AcceptanceUncertain, estimates.Acceptance);
        AddUncertain(KlDivergenceUncertain, estimates.KlDivergence);
        if (estimates.AcceptanceUpper is { } upper)
        {
            _bounds = true;
            Add(AcceptanceUpper, upper);
        }

        void Add(ClusteredMean mean, double[] values) => mean.Add(values.AsSpan(start, uncertain.Length).ToArray().Sum(), uncertain.Length);

        void AddUncertain(ClusteredMean mean, double[] values) => mean.Add(uncertain.Select((counts, i) => counts ? values[start + i] : 0).Sum(), uncertain.Count(counts => counts));
    }

    /// <summary>
    /// The report. Where there is nothing to measure a value is 0 and its half-width 1; one that is not finite, as KL is where the student gives none of what the teacher drew, is left out: JSON has no
    /// number for it, and 0 would say the opposite.
    /// </summary>
    public AcceptanceReport Report() => new(
        Number(Acceptance.Mean, 0),
        Number(Acceptance.HalfWidth, 1),
        Acceptance.Count,
        Number(AcceptanceUncertain.Mean, 0),
        Number(AcceptanceUncertain.HalfWidth, 1),
        AcceptanceUncertain.Count,
        KlDivergence.Count == 0 ? 0 : double.IsFinite(KlDivergence.Mean) ? KlDivergence.Mean : null,
        Acceptance.Clusters)
    {
        KlHalfWidth = Number(KlDivergence.HalfWidth, 1),
        CrossEntropy = Estimate(CrossEntropy),
        TopOneAgreement = Estimate(TopOneAgreement),
        AcceptanceUpper = _bounds ? Estimate(AcceptanceUpper) : null,
    };

    private static MetricEstimate? Estimate(ClusteredMean mean) => mean.Count > 0 && !double.IsFinite(mean.Mean) ? null : new(Number(mean.Mean, 0), Number(mean.HalfWidth, 1));

    private static double Number(double value, double otherwise) => double.IsFinite(value) ? value : otherwise;
}
