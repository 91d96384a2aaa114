namespace Reflux.Grains.Snapshots;

/// <summary>A staged snapshot that passed its gate.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.CommitRequest")]
public sealed record CommitRequest
{
    /// <summary>The student's immutable id.</summary>
    [Id(0)]
    public required Guid StudentId { get; init; }

    /// <summary>SHA-256 of the manifest blob, which is in the store already.</summary>
    [Id(1)]
    public required string Manifest { get; init; }

    /// <summary>Optimizer steps taken.</summary>
    [Id(2)]
    public required long Step { get; init; }

    /// <summary>α̂ on the newest holdout, where there was one.</summary>
    [Id(3)]
    public double? Acceptance { get; init; }
}
