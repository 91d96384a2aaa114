using Confluent.Kafka;

namespace Reflux.Streaming.Internal;

/// <summary>Reads and writes a group's committed offsets from outside the group.</summary>
internal sealed class GroupOffsets(IAdminClient admin, BrokerRequests requests)
{
    /// <summary>The committed offsets, null where there is none, in the order asked for.</summary>
    public async Task<long?[]> ReadAsync(string group, IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var results = await requests.AskAsync(
            "read a group's offsets",
            timeout => admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, [.. partitions])], new() { RequestTimeout = timeout, RequireStableOffsets = false }),
            cancellationToken);
        var offsets = results[0].Partitions.ToDictionary(partition => partition.TopicPartition, partition => partition.Offset);
        return [.. partitions.Select(partition => offsets.TryGetValue(partition, out var offset) && offset.Value >= 0 ? offset.Value : (long?)null)];
    }

    /// <summary>Commits for a group that has no members.</summary>
    public Task WriteAsync(string group, TopicPartitionOffset next, CancellationToken cancellationToken) => requests.AskAsync(
        "commit a group's offset",
        timeout => admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(group, [next])], new() { RequestTimeout = timeout }),
        cancellationToken);
}
