using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Definitions;

/// <summary>What a definition defines.</summary>
public enum DefinitionKind
{
    Lane,
    Teacher,
    Student,
}

/// <summary>
/// One record on the definitions topic: the whole entity and its revision. Readers keep the highest revision of each <see cref="Id"/>.
/// Exactly one of <see cref="Lane"/>, <see cref="Teacher"/>, <see cref="Student"/> is set, the one that <see cref="Kind"/> names.
/// </summary>
public sealed record Definition
{
    public required DefinitionKind Kind { get; init; }

    /// <summary>Immutable; hashes and seeds use it, never the name.</summary>
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Rises by one with each change.</summary>
    public required long Revision { get; init; }

    public bool Deleted { get; init; }

    public LaneDefinition? Lane { get; init; }

    public TeacherDefinition? Teacher { get; init; }

    public StudentDefinition? Student { get; init; }
}

/// <summary>A lane as every process knows it.</summary>
/// <param name="Spec">What its owner asked for.</param>
/// <param name="LabelPartition">The partition of the labels topic that this lane alone writes.</param>
/// <param name="LabelSeed">Seeds every label draw of the lane.</param>
public sealed record LaneDefinition(LaneSpec Spec, int LabelPartition, ulong LabelSeed);

/// <summary>A teacher as every process knows it.</summary>
public sealed record TeacherDefinition(TeacherSpec Spec, Guid Lane);

/// <summary>A student as every process knows it.</summary>
/// <param name="Spec">What its owner asked for.</param>
/// <param name="Lane">The lane that it learns from.</param>
/// <param name="Paused">A paused student holds back neither producers nor the log.</param>
/// <param name="SpecHash">SHA-256 of the spec's canonical JSON; stands in every manifest.</param>
public sealed record StudentDefinition(StudentSpec Spec, Guid Lane, bool Paused, string SpecHash)
{
    /// <summary>Why it was paused; null where its owner did it.</summary>
    public string? PauseReason { get; init; }

    /// <summary>Where it stands before a gap in its log, where that is why it was paused: <c>reflux student resume --accept-gap</c> accepts it.</summary>
    public Position? Gap { get; init; }

    /// <summary>The last gap that its owner has accepted: its trainer may go on from there with whatever comes next.</summary>
    public Position? AcceptedGap { get; init; }
}
