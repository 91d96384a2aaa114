namespace Reflux.Grains.Students;

/// <summary>The kinds of work on a student, with what they take and give (types of <c>Reflux.Contracts.Http</c>, as JSON).</summary>
public static class StudentJobKinds
{
    /// <summary>SnapshotRequest → SnapshotResult.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>EvaluationRequest → EvaluationResult.</summary>
    public const string Evaluation = "evaluation";

    /// <summary>Nothing → StudentAccounting.</summary>
    public const string Accounting = "accounting";

    /// <summary>Nothing → HoldoutList.</summary>
    public const string Holdout = "holdout";
}
