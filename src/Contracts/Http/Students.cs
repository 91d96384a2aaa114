using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;

namespace Reflux.Contracts.Http;

/// <summary>A lane, a teacher or a student as the API lists it: its definition.</summary>
public sealed record DefinitionList(IReadOnlyList<Definition> Items);

/// <summary>GET /v1/teachers/{teacher}/status: the silos that label.</summary>
public sealed record TeacherStatus(Definition Definition, IReadOnlyList<TeacherWorkerStatus> Workers);

/// <summary>How labelling goes on one silo.</summary>
/// <param name="State">"loading", "running" or "failed".</param>
/// <param name="Message">Why it failed; empty otherwise.</param>
/// <param name="Answered">Prompts answered since the silo started.</param>
public sealed record TeacherWorkerStatus(string Silo, string State, string Message, long Answered);

/// <summary>GET /v1/students/{student}.</summary>
/// <param name="State">"starting", "running", "paused" or "failed".</param>
/// <param name="Message">Why it is paused or failed; empty otherwise.</param>
public sealed record StudentStatus(Definition Definition, string State, string Message, long Epoch, string? Silo, TrainerProgress? Progress);

/// <summary>What a trainer reports. Counts run over the student's whole life, through restarts.</summary>
public sealed record TrainerProgress
{
    public required long Step { get; init; }
    public required long TrainedTokens { get; init; }
    public required long TrainedSequences { get; init; }
    public required long HoldoutSequences { get; init; }
    public required long DuplicateSequences { get; init; }
    public required long DeadLetters { get; init; }
    public required long LabelRecords { get; init; }

    /// <summary>Steps whose loss or gradient was NaN or infinite, and their sequences, which went to the dead letters.</summary>
    public long UndoneSteps { get; init; }
    public long QuarantinedSequences { get; init; }

    /// <summary>Bytes of the label records consumed, and the labelled positions in them.</summary>
    public required long LabelBytes { get; init; }
    public required long LabelledTokens { get; init; }

    /// <summary>The next record to read.</summary>
    public required Position Next { get; init; }

    /// <summary>Where it went on elsewhere in its log, oldest first.</summary>
    public IReadOnlyList<LogPassage> Passages { get; init; } = [];

    /// <summary>Records between the position and the partition's end.</summary>
    public required long Backlog { get; init; }
    public required double Loss { get; init; }

    /// <summary>Trained tokens a second of wall time over the last ten seconds.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>α̂ of the newest gate, whether it passed or not.</summary>
    public AcceptanceReport? Acceptance { get; init; }
    public GateReport? LastGate { get; init; }
    public long? LastGateStep { get; init; }

    /// <summary>SHA-256 of the manifest of the base weights, staged at step 0.</summary>
    public string? BaseSnapshot { get; init; }
    public long CheckpointStep { get; init; }

    /// <summary>SHA-256 over the newest durable checkpoint's weights, optimizer, step, position, dedupe window and waiting sequences.</summary>
    public string? StateHash { get; init; }
    public required EnvironmentFingerprint Environment { get; init; }
}

/// <summary>GET /v1/students/{student}/accounting: which prompts took effect, from the trainer's dedupe state.</summary>
/// <param name="Partitions">One bitmap a prompt partition.</param>
/// <param name="TrainedSequences">Effects counted where they happen, independently of the bitmaps.</param>
/// <param name="HoldoutSequences">Likewise, sequences kept for measuring.</param>
/// <param name="EffectSum">Sum of the ids of both, modulo 2^128: it names which sequences took effect and how often, whatever their order.</param>
/// <param name="PendingSequences">Consumed from the log and waiting for a full step; not yet in the weights, and not in the bitmaps.</param>
public sealed record StudentAccounting(
    IReadOnlyList<PartitionAccounting> Partitions, long TrainedSequences, long HoldoutSequences, Id128 EffectSum, long DuplicateSequences, long DeadLetters, IReadOnlyList<Position> PendingSequences)
{
    /// <summary>Sequences of undone steps: in the bitmaps, and among the dead letters instead of in the weights.</summary>
    public long QuarantinedSequences { get; init; }
}

/// <summary>Bit i of <see cref="Bitmap"/> (base64, least significant bit first) says that the first answer to the prompt at offset <see cref="FirstOffset"/> + i took effect or was dropped as a retry of one that did.</summary>
public sealed record PartitionAccounting(LogId Log, long FirstOffset, string Bitmap);

/// <summary>POST /v1/students/{student}/snapshots: take the weights as they are now. With <see cref="Publish"/> they pass the gate and become a version; without, they are only staged.</summary>
public sealed record SnapshotRequest(bool Publish = true);

/// <summary>The answer: the staged manifest's digest, and the version where it was published.</summary>
public sealed record SnapshotResult(string Manifest, long Step, GateReport Gate, SnapshotVersion? Published);

/// <summary>POST /v1/students/{student}/evaluations: measure a staged or published snapshot on the holdout.</summary>
/// <param name="Manifest">SHA-256 of its manifest.</param>
/// <param name="Prompts">Holdout prompts to measure on; null for all that the student holds.</param>
/// <param name="ExactMatch">Also compare greedy answers with the teacher's (slower).</param>
public sealed record EvaluationRequest(string Manifest, IReadOnlyList<Id128>? Prompts = null, bool ExactMatch = false);

/// <summary>α̂ and KL̂ on the holdout, and the share of prompts whose greedy answer equals the teacher's.</summary>
public sealed record EvaluationResult(string Manifest, long Step, AcceptanceReport Acceptance, double? ExactMatch, int ExactMatchPrompts);

/// <summary>GET /v1/students/{student}/holdout: ids of the prompts that the student holds to measure on.</summary>
public sealed record HoldoutList(IReadOnlyList<Id128> Prompts);

/// <summary>GET /v1/students/{student}/snapshots.</summary>
public sealed record SnapshotList(IReadOnlyList<SnapshotVersion> Versions);

/// <summary>POST /v1/students/{student}/rollback.</summary>
public sealed record RollbackRequest(long Version);

/// <summary>GET /v1/info: what runs here.</summary>
public sealed record ServerInfo(string Version, string ApiVersion, IReadOnlyList<string> Roles, string Durability, EngineInfo Engine);

/// <summary>Official packages or stand-ins, with versions.</summary>
public sealed record EngineInfo(string Orleans, string Torch, string Kafka);
