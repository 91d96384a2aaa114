using Reflux.Contracts.Definitions;

namespace Reflux.Grains.Cluster;

/// <summary>An entity's entry in the registry.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Reflux.Registration")]
public sealed record Registration
{
    /// <summary>What it is.</summary>
    [Id(0)]
    public required DefinitionKind Kind { get; init; }

    /// <summary>Unique among its kind.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Minted here, once; a name that is deleted and used again gets another one.</summary>
    [Id(2)]
    public required Guid Id { get; init; }

    /// <summary>The lane that a teacher or student belongs to; a lane's own name and id otherwise.</summary>
    [Id(3)]
    public required string Lane { get; init; }

    /// <summary>The id of <see cref="Lane"/>.</summary>
    [Id(4)]
    public required Guid LaneId { get; init; }

    /// <summary>The partition of the labels topic that the lane alone writes.</summary>
    [Id(5)]
    public required int LabelPartition { get; init; }
}
