using Reflux.Contracts.Identity;

namespace Reflux.Contracts.Snapshots;

/// <summary>A snapshot's bill of materials: `manifest.json`. Its own SHA-256 names the snapshot; a version points to it once it is committed.</summary>
public sealed record SnapshotManifest
{
    public int FormatVersion { get; init; } = 1;

    public required string Student { get; init; }

    public required Guid StudentId { get; init; }

    /// <summary>The fencing epoch of the trainer that staged it.</summary>
    public required long Epoch { get; init; }

    public required long Step { get; init; }

    /// <summary>The state that the weights are part of, with optimizer and waiting sequences (docs/log.md): what a replay of the log up to <see cref="Next"/> must come to.</summary>
    public string? StateHash { get; init; }

    public required string SpecHash { get; init; }

    /// <summary>SHA-256 of the base model's weights file, or "fresh:" and the hash of the fresh model's spec.</summary>
    public required string BaseModel { get; init; }

    public required string Lane { get; init; }

    public required Guid LaneId { get; init; }

    public required TeacherProvenance Teacher { get; init; }

    public required LabelProvenance Labels { get; init; }

    /// <summary>Where the student began to read the lane's log.</summary>
    public required Position From { get; init; }

    /// <summary>The record of the oldest sequence that is not in the weights; all before it is in the weights, in the holdout or among the dead letters.</summary>
    public required Position To { get; init; }

    /// <summary>Sequences of the record at <see cref="To"/> that are already consumed.</summary>
    public required int ToSequence { get; init; }

    /// <summary>The next record that the student read at the moment of <see cref="StateHash"/>; what stood between <see cref="To"/> and it waited for a full step. Null before the first.</summary>
    public Position? Next { get; init; }

    /// <summary>Between <see cref="From"/> and <see cref="To"/>, where the student went from one log to the next, or over a gap; oldest first.</summary>
    public IReadOnlyList<LogPassage> Passages { get; init; } = [];

    public required long TrainedTokens { get; init; }

    public required long TrainedSequences { get; init; }

    /// <summary>SHA-256 of the parent snapshot's manifest, if any.</summary>
    public string? Parent { get; init; }

    public required string Dtype { get; init; }

    public required EnvironmentFingerprint Environment { get; init; }

    public required GateReport Gate { get; init; }

    public required GreedyCheck Greedy { get; init; }

    public required ResourceUse Resources { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required IReadOnlyList<SnapshotFile> Files { get; init; }
}

/// <summary>One file of the Hugging Face directory.</summary>
/// <param name="Name">Path inside the directory, no separators.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Names the blob.</param>
public sealed record SnapshotFile(string Name, long Size, string Sha256);

/// <summary>Who taught.</summary>
public sealed record TeacherProvenance(string Name, Guid Id, string Revision, string LicenceVerdict, string TokenizerHash, string TemplateHash);

/// <summary>How it was labelled.</summary>
/// <param name="Kind">"sampled" or "topk".</param>
/// <param name="Size">N or k.</param>
/// <param name="Temperature">T of the distribution that the labels describe.</param>
/// <param name="HoldoutFraction">Share of distinct prompts that were kept from training.</param>
/// <param name="RedactionVersion">What was taken out of the prompts; "none" where nothing was.</param>
public sealed record LabelProvenance(string Kind, int Size, double Temperature, double HoldoutFraction, string RedactionVersion);

/// <summary>What the bits depend on. Two runs compare only where all of it is equal.</summary>
public sealed record EnvironmentFingerprint(string Engine, string Torch, string Blas, string Isa, string Device, int Threads, bool Reproducible);

/// <summary>What a snapshot cost. Energy and money are estimates from the stated rates; zero rates mean not estimated.</summary>
public sealed record ResourceUse(double DeviceSeconds, double EstimatedKwh, double EstimatedCost);

/// <summary>The checks before a publication, on the weights as stored.</summary>
public sealed record GateReport
{
    public required bool Passed { get; init; }

    /// <summary>Why it did not pass, one line a failed check; empty where it passed.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    public required bool FiniteWeights { get; init; }

    public required bool GreedyReproduced { get; init; }

    /// <summary>α̂ on the newest holdout; null while there is no holdout yet.</summary>
    public AcceptanceReport? Acceptance { get; init; }

    /// <summary>The previous snapshot's α̂ on the same sequences.</summary>
    public AcceptanceReport? PreviousAcceptance { get; init; }
}

/// <summary>What the snapshot's weights say greedily, unbatched: token ids only. Anyone with the same engine and thread count must get the same.</summary>
public sealed record GreedyCheck(int Threads, int MaxTokens, IReadOnlyList<GreedyCase> Cases);

/// <summary>Prompt token ids and the greedy continuation.</summary>
public sealed record GreedyCase(IReadOnlyList<int> Prompt, IReadOnlyList<int> Output);

/// <summary>A committed snapshot: what `latest` and `list` answer.</summary>
/// <param name="Student">The student's name.</param>
/// <param name="Version">From 1, rises by one.</param>
/// <param name="Manifest">SHA-256 of the manifest blob.</param>
/// <param name="Epoch">The committing trainer's epoch.</param>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="PublishedAt">When it was committed.</param>
/// <param name="RolledBackFrom">The version that this one republishes, if it is a rollback.</param>
public sealed record SnapshotVersion(
    string Student, long Version, string Manifest, long Epoch, long Step, double? Acceptance, DateTimeOffset PublishedAt, long? RolledBackFrom = null);
