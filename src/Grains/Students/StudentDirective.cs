namespace Reflux.Grains.Students;

/// <summary>What the reporting silo is to do.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.StudentDirective")]
public sealed record StudentDirective
{
    /// <summary>Another trainer has a higher epoch, or the student is deleted: stop at once and write nothing more.</summary>
    [Id(0)]
    public required bool Superseded { get; init; }

    /// <summary>The user has paused the student: finish the step, checkpoint, train no further.</summary>
    [Id(1)]
    public required bool Paused { get; init; }

    /// <summary>The definition's revision: a trainer that has failed under an older one is to be tried again, since its owner has resumed the student.</summary>
    [Id(3)]
    public long Revision { get; init; }

    /// <summary>Where the owner has accepted that records are missing (a <see cref="Contracts.Identity.Position"/> as text); null for nowhere.</summary>
    [Id(4)]
    public string? AcceptedGap { get; init; }

    /// <summary>Every job that is not completed, those handed out before included: pick by id.</summary>
    [Id(2)]
    public required List<StudentJob> Jobs { get; init; }
}
