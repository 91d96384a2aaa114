using Confluent.Kafka;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>Publishes positions as the committed offsets of groups that nobody joins: backlog figures, and the embedded broker's back-pressure, read them.</summary>
public sealed class GroupCommitter(LogConnection connection) : IGroupCommitter
{
    /// <summary>Commits <paramref name="next"/> as the first offset that <paramref name="group"/> still needs of its partition.</summary>
    /// <exception cref="PositionException">The position is of a log that this broker does not have.</exception>
    public async Task CommitAsync(string group, Position next, CancellationToken cancellationToken)
    {
        FaultPoint.Reach("position.commit");
        await connection.CommitAsync(group, new TopicPartitionOffset(connection.TopicOf(next), next.Log.Partition, next.Offset), cancellationToken);
        FaultPoint.Reach("position.committed");
    }
}
