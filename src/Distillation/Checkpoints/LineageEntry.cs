using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Distillation.Checkpoints;

/// <summary>What remains of a checkpoint when its files are gone: where in the log it stood, and what state it had there.</summary>
public sealed record LineageEntry
{
    /// <summary>The fencing epoch of the trainer that wrote it.</summary>
    public required long Epoch { get; init; }

    /// <summary>Optimizer steps taken.</summary>
    public required long Step { get; init; }

    /// <summary>Label records consumed.</summary>
    public required long Records { get; init; }

    /// <summary>The first record ever consumed; null before it.</summary>
    public Position? Start { get; init; }

    /// <summary>The next record to read; null for the start of the log.</summary>
    public Position? Next { get; init; }

    /// <summary>Where the student went on elsewhere in the log before, oldest first.</summary>
    public IReadOnlyList<LogPassage> Passages { get; init; } = [];

    /// <summary>The state there.</summary>
    public required string StateHash { get; init; }

    /// <summary>What the bits depend on.</summary>
    public required EnvironmentFingerprint Environment { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    internal static LineageEntry Of(CheckpointDocument document, string stateHash) => new()
    {
        Epoch = document.Epoch,
        Step = document.Step,
        Records = document.Counters.LabelRecords,
        Start = document.Start,
        Next = document.Next,
        Passages = document.Passages,
        StateHash = stateHash,
        Environment = document.Environment,
        CreatedAt = document.CreatedAt,
    };
}
