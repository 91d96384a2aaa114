using Reflux.Grains.Definitions;

namespace Reflux.Grains.Students;

/// <summary>What a student's grain stores: who it is and who may train it. One record, one ETag.</summary>
[GenerateSerializer]
[Alias("Reflux.StudentState")]
public sealed record StudentState
{
    /// <summary>Null before the first creation, a tombstone after a deletion.</summary>
    [Id(0)]
    public DefinitionDocument? Definition { get; init; }

    /// <summary>The fencing token: rises with every claim and with every deletion, through all students of this name.</summary>
    [Id(1)]
    public long Epoch { get; init; }

    /// <summary>The silo that holds <see cref="Epoch"/>; null where none does.</summary>
    [Id(2)]
    public string? Owner { get; init; }
}
