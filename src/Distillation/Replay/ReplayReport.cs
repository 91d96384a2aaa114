using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Replay;

/// <summary>The outcome of a replay.</summary>
public sealed record ReplayReport
{
    public required string Student { get; init; }

    public required Guid StudentId { get; init; }

    public required ReplayVerdict Verdict { get; init; }

    /// <summary>Why, where it is not the same.</summary>
    public required string Message { get; init; }

    /// <summary>The step compared; null where none could be chosen.</summary>
    public long? Step { get; init; }

    /// <summary>The position there: the next record.</summary>
    public Position? Next { get; init; }

    /// <summary>The state that was recorded there.</summary>
    public string? Recorded { get; init; }

    /// <summary>The state that the replay came to.</summary>
    public string? Replayed { get; init; }

    /// <summary>True where the state's own checkpoint is still kept: its bytes were checked, and its state.</summary>
    public bool CheckpointChecked { get; init; }

    /// <summary>Label records read.</summary>
    public long Records { get; init; }

    /// <summary>Wall time, seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What the bits depend on, here.</summary>
    public required EnvironmentFingerprint Environment { get; init; }
}
