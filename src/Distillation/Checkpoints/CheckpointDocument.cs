using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Checkpoints;

/// <summary>The part of a checkpoint that is not tensors or sequences: <c>checkpoint.json</c>.</summary>
public sealed record CheckpointDocument
{
    /// <summary>The form that this build writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>Version of the checkpoint's form.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>Whose it is.</summary>
    public required Guid StudentId { get; init; }

    /// <summary>The fencing epoch of the trainer that wrote it.</summary>
    public required long Epoch { get; init; }

    /// <summary>Optimizer steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>Hash of the spec that it was trained by; another spec can't go on from it.</summary>
    public required string SpecHash { get; init; }

    /// <summary>What the student began as.</summary>
    public required string BaseModel { get; init; }

    /// <summary>SHA-256 of the manifest of the base weights.</summary>
    public required string BaseSnapshot { get; init; }

    /// <summary>The first record ever consumed; null before it.</summary>
    public Position? Start { get; init; }

    /// <summary>The next record to read; null for the start of the log. What is consumed and not yet trained is in the checkpoint itself.</summary>
    public Position? Next { get; init; }

    /// <summary>Where it went on elsewhere in the log, oldest first.</summary>
    public IReadOnlyList<LogPassage> Passages { get; init; } = [];

    /// <summary>SHA-256 of the last record consumed; empty before the first.</summary>
    public required string LastRecordSha256 { get; init; }

    /// <summary>The teacher's weights that the last record came from; empty before the first.</summary>
    public required string TeacherRevision { get; init; }

    /// <summary>What it consumed so far. The records among it order the checkpoints of one step.</summary>
    public required IntakeCounters Counters { get; init; }

    /// <summary>Loss of the last step; null before the first.</summary>
    public double? Loss { get; init; }

    /// <summary>Device time used so far, seconds.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>What the bits depend on.</summary>
    public required EnvironmentFingerprint Environment { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the next step depends on, as one hash; null in checkpoints of builds that had none. Filled in by the store.</summary>
    public string? StateHash { get; init; }

    /// <summary>SHA-256 of each other file, by name. Filled in by the store.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();
}
