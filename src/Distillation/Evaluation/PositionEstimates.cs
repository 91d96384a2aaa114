namespace Reflux.Distillation.Evaluation;

/// <summary>What holdout labels say about a student, position by position.</summary>
/// <param name="Acceptance">[P] α, or a lower bound of it.</param>
/// <param name="KlDivergence">[P] KL(p ‖ q), nats, or a lower bound of it.</param>
/// <param name="CrossEntropy">[P] −Σ p ln q, nats, or a lower bound of it.</param>
/// <param name="Agreement">[P] 1 where the most probable ids are the same, otherwise 0.</param>
/// <param name="AcceptanceUpper">[P] an upper bound of α where the labels give bounds, otherwise null.</param>
public sealed record PositionEstimates(double[] Acceptance, double[] KlDivergence, double[] CrossEntropy, double[] Agreement, double[]? AcceptanceUpper = null)
{
    /// <summary>Those of several chunks, one after the other.</summary>
    /// <param name="parts">At least one, all of labels of one kind.</param>
    public static PositionEstimates Join(IReadOnlyList<PositionEstimates> parts) => parts.Count == 1
        ? parts[0]
        : new PositionEstimates(
            [.. parts.SelectMany(part => part.Acceptance)],
            [.. parts.SelectMany(part => part.KlDivergence)],
            [.. parts.SelectMany(part => part.CrossEntropy)],
            [.. parts.SelectMany(part => part.Agreement)],
            parts[0].AcceptanceUpper is null ? null : [.. parts.SelectMany(part => part.AcceptanceUpper!)]);
}
