namespace Reflux.Grains.Definitions;

/// <summary>What a lane's or teacher's grain stores.</summary>
[GenerateSerializer]
[Alias("Reflux.DefinitionState")]
public sealed record DefinitionState
{
    /// <summary>Null before the first creation, a tombstone after a deletion.</summary>
    [Id(0)]
    public DefinitionDocument? Definition { get; init; }
}
