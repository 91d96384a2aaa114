namespace Reflux.Grains.Snapshots;

/// <summary>A student's catalogue of published versions.</summary>
[GenerateSerializer]
[Alias("Reflux.SnapshotsState")]
public sealed record SnapshotsState
{
    /// <summary>Whose versions these are.</summary>
    [Id(0)]
    public Guid StudentId { get; init; }

    /// <summary>The lowest epoch that may commit.</summary>
    [Id(1)]
    public long Epoch { get; init; }

    /// <summary>The newest version ever given out under this name, those of deleted students included: a client's "newer than" stays true.</summary>
    [Id(2)]
    public long LastVersion { get; init; }

    /// <summary>Oldest first. The last one is `latest`: nothing else says so.</summary>
    [Id(3)]
    public List<SnapshotEntry> Versions { get; init; } = [];
}
