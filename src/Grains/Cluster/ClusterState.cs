namespace Reflux.Grains.Cluster;

/// <summary>What the registry stores.</summary>
[GenerateSerializer]
[Alias("Reflux.ClusterState")]
public sealed record ClusterState
{
    /// <summary>Everything that exists.</summary>
    [Id(0)]
    public List<Registration> Entries { get; init; } = [];

    /// <summary>
    /// The label partitions below this one have been given away. They never return: the old lane's records may still lie there, and a new lane's
    /// student would have to read past them.
    /// </summary>
    [Id(1)]
    public int NextLabelPartition { get; init; }
}
