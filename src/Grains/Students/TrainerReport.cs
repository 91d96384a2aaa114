namespace Reflux.Grains.Students;

/// <summary>What the silo that trains says, a few times a second. Kept in memory only.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.TrainerReport")]
public sealed record TrainerReport
{
    /// <summary>"starting", "running", "paused" or "failed".</summary>
    [Id(0)]
    public required string State { get; init; }

    /// <summary>Why it is paused or failed; empty otherwise. Never prompt text.</summary>
    [Id(1)]
    public required string Message { get; init; }

    /// <summary>The JSON of a <see cref="Contracts.Http.TrainerProgress"/>, once there is one.</summary>
    [Id(2)]
    public string? ProgressJson { get; init; }

    /// <summary>True where the trainer failed by what only a person can mend: the student is paused, with <see cref="Message"/>.</summary>
    [Id(3)]
    public bool Pauses { get; init; }

    /// <summary>Where the trainer stands before a gap in its log that the student's owner may accept (a <see cref="Contracts.Identity.Position"/> as text); null without one.</summary>
    [Id(4)]
    public string? Gap { get; init; }

    /// <summary>The revision of the directive that the trainer follows; 0 before the first. What an earlier trainer failed by pauses nothing.</summary>
    [Id(5)]
    public long Revision { get; init; }
}
