using Reflux.Contracts.Snapshots;

namespace Reflux.Grains.Snapshots;

/// <summary>A committed snapshot: <see cref="SnapshotVersion"/> as it travels between grains.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.SnapshotEntry")]
public sealed record SnapshotEntry
{
    /// <summary>From 1, rises by one.</summary>
    [Id(0)]
    public required long Version { get; init; }

    /// <summary>SHA-256 of the manifest blob.</summary>
    [Id(1)]
    public required string Manifest { get; init; }

    /// <summary>The committing trainer's epoch.</summary>
    [Id(2)]
    public required long Epoch { get; init; }

    /// <summary>Optimizer steps taken.</summary>
    [Id(3)]
    public required long Step { get; init; }

    /// <summary>α̂ on the newest holdout, where there was one.</summary>
    [Id(4)]
    public double? Acceptance { get; init; }

    /// <summary>When it was committed.</summary>
    [Id(5)]
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The version that this one republishes, if it is a rollback.</summary>
    [Id(6)]
    public long? RolledBackFrom { get; init; }

    /// <summary>The same as the HTTP API states it.</summary>
    public SnapshotVersion ToContract(string student) => new(student, Version, Manifest, Epoch, Step, Acceptance, PublishedAt, RolledBackFrom);
}
