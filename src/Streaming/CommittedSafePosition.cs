namespace Reflux.Streaming;

/// <summary>Safe positions as committed group offsets: the lowest over the groups that read a partition.</summary>
/// <param name="connection">The log.</param>
/// <param name="readers">The groups that must not lose a record of (topic, partition). Empty: nobody has come yet, so the safe position is 0. Null: nobody needs the records.</param>
public sealed class CommittedSafePosition(LogConnection connection, Func<string, int, IReadOnlyCollection<string>?> readers) : ISafePosition
{
    /// <inheritdoc />
    public async ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        if (readers(topic, partition) is not { } groups)
        {
            return long.MaxValue;
        }

        var safe = groups.Count == 0 ? 0 : long.MaxValue;
        foreach (var group in groups)
        {
            safe = Math.Min(safe, await connection.CommittedAsync(group, topic, partition, cancellationToken) ?? 0);
        }

        return safe;
    }
}
