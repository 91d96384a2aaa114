using Reflux.Grains.Definitions;

namespace Reflux.Grains.Students;

/// <summary>The answer to a silo that wants to train a student.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.StudentClaim")]
public sealed record StudentClaim
{
    /// <summary>True where the silo is now the student's only writer.</summary>
    [Id(0)]
    public required bool Granted { get; init; }

    /// <summary>The epoch to stamp on every checkpoint, report and commit, where granted; the holder's otherwise.</summary>
    [Id(1)]
    public required long Epoch { get; init; }

    /// <summary>The holder: the claiming silo where granted.</summary>
    [Id(2)]
    public required string Owner { get; init; }

    /// <summary>The student as it is now.</summary>
    [Id(3)]
    public required DefinitionDocument Definition { get; init; }
}
