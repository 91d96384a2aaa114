namespace Reflux.Contracts.Identity;

/// <summary>Names one incarnation of one partition's history: a recreated topic has another UUID, so its offsets mean something else.</summary>
/// <param name="Topic">The topic's UUID.</param>
/// <param name="Partition">The partition, from 0.</param>
public readonly record struct LogId(Guid Topic, int Partition)
{
    /// <inheritdoc />
    public override string ToString() => $"{Topic:N}/{Partition}";
}

/// <summary>A place in a log: the record at <paramref name="Offset"/> of the history <paramref name="Log"/>.</summary>
public readonly record struct Position(LogId Log, long Offset)
{
    /// <inheritdoc />
    public override string ToString() => $"{Log}@{Offset}";
}
