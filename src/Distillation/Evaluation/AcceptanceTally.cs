using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Evaluation;

/// <summary>Adds up α̂ and KL̂ sequence by sequence, over all positions and over those where the teacher itself is uncertain.</summary>
public sealed class AcceptanceTally
{
    /// <summary>Positions with more teacher entropy than this, in nats, count as uncertain: template tokens, which flatter α, lie below it.</summary>
    public const double UncertainAbove = 0.1;

    /// <summary>α̂ over all positions.</summary>
    public ClusteredMean Acceptance { get; } = new();

    /// <summary>α̂ over the uncertain positions.</summary>
    public ClusteredMean AcceptanceUncertain { get; } = new();

    /// <summary>KL̂ over all positions, nats.</summary>
    public ClusteredMean KlDivergence { get; } = new();

    /// <summary>KL̂ over the uncertain positions, nats.</summary>
    public ClusteredMean KlDivergenceUncertain { get; } = new();

    /// <summary>Adds one sequence's positions.</summary>
    public void Add(ReadOnlySpan<double> acceptance, ReadOnlySpan<double> divergence, ReadOnlySpan<Half> entropy)
    {
        var (accepted, diverged, acceptedUncertain, divergedUncertain, uncertain) = (0.0, 0.0, 0.0, 0.0, 0L);
        for (var i = 0; i < entropy.Length; i++)
        {
            accepted += acceptance[i];
            diverged += divergence[i];
            if ((double)entropy[i] > UncertainAbove)
            {
                acceptedUncertain += acceptance[i];
                divergedUncertain += divergence[i];
                uncertain++;
            }
        }

        Acceptance.Add(accepted, entropy.Length);
        KlDivergence.Add(diverged, entropy.Length);
        AcceptanceUncertain.Add(acceptedUncertain, uncertain);
        KlDivergenceUncertain.Add(divergedUncertain, uncertain);
    }

    /// <summary>The report; where there is nothing to measure the value is 0 and the half-width 1, so that it stays a JSON number.</summary>
    public AcceptanceReport Report() => new(
        Number(Acceptance.Mean, 0),
        Number(Acceptance.HalfWidth, 1),
        Acceptance.Count,
        Number(AcceptanceUncertain.Mean, 0),
        Number(AcceptanceUncertain.HalfWidth, 1),
        AcceptanceUncertain.Count,
        Number(KlDivergence.Mean, 0),
        Acceptance.Clusters);

    private static double Number(double value, double otherwise) => double.IsFinite(value) ? value : otherwise;
}
