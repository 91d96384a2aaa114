using System.Globalization;
using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Snapshots;

/// <summary>What stands between a staged snapshot and its publication. Judges what was measured on the weights as stored.</summary>
public static class SnapshotGate
{
    /// <summary>Passes only where every check does.</summary>
    /// <param name="nonFinite">Tensors that hold NaN or infinity.</param>
    /// <param name="greedyDifferences">Where a second load of the stored weights departs from the recorded greedy check.</param>
    /// <param name="acceptance">α̂ on the newest holdout; null while there is none.</param>
    /// <param name="previous">The previous snapshot's α̂ on the same sequences; null while there is none.</param>
    /// <param name="maxAcceptanceDrop">How far α̂ may lie below the previous one's.</param>
    public static GateReport Judge(
        IReadOnlyList<string> nonFinite,
        IReadOnlyList<string> greedyDifferences,
        AcceptanceReport? acceptance,
        AcceptanceReport? previous,
        double maxAcceptanceDrop)
    {
        var failures = new List<string>();
        failures.AddRange(nonFinite.Select(name => $"weights: {name} holds NaN or infinity"));
        failures.AddRange(greedyDifferences.Select(difference => $"greedy check: {difference}"));

        // written so that NaN fails it
        if (acceptance is not null && !(acceptance.Acceptance >= (previous?.Acceptance ?? 0) - maxAcceptanceDrop))
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"acceptance: {acceptance.Acceptance:F4} ± {acceptance.HalfWidth:F4} on {acceptance.Sequences} holdout sequences, the previous snapshot has {previous?.Acceptance ?? 0:F4}; at most {maxAcceptanceDrop} less is let through"));
        }

        return new GateReport
        {
            Passed = failures.Count == 0,
            Failures = failures,
            FiniteWeights = nonFinite.Count == 0,
            GreedyReproduced = greedyDifferences.Count == 0,
            Acceptance = acceptance,
            PreviousAcceptance = previous,
        };
    }
}
