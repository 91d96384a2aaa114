namespace Reflux.Grains.Students;

/// <summary>Work that only the silo with the trainer can do.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.StudentJob")]
public sealed record StudentJob
{
    /// <summary>Names the job.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="StudentJobKinds"/>.</summary>
    [Id(1)]
    public required string Kind { get; init; }

    /// <summary>The request's JSON; "{}" where the kind takes none.</summary>
    [Id(2)]
    public required string ArgumentsJson { get; init; }
}
