using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Reflux.Streaming.Internal;

/// <summary>
/// Reads and writes a group's committed offsets from outside the group, by a consumer each that never joins. Not by the admin client: its questions to a group's coordinator abort
/// the process when the broker dies at the wrong moment (librdkafka issue 3663).
/// </summary>
internal sealed class GroupOffsets(ClientSettings settings, ClientLog log, BrokerRequests requests) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<QuestionConsumer>> _groups = new(StringComparer.Ordinal);

    /// <summary>The committed offsets, null where there is none, in the order asked for.</summary>
    public Task<long?[]> ReadAsync(string group, IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken) => requests.AskAsync(
        "read a group's offsets",
        timeout => Of(group).AskAsync(timeout, consumer =>
        {
            var offsets = consumer.Committed(partitions, timeout).ToDictionary(partition => partition.TopicPartition, partition => partition.Offset);
            return partitions.Select(partition => offsets[partition].Value is >= 0 and var offset ? offset : (long?)null).ToArray();
        }),
        cancellationToken);

    /// <summary>Commits for a group that has no members.</summary>
    public Task WriteAsync(string group, TopicPartitionOffset next, CancellationToken cancellationToken) => requests.AskAsync(
        "commit a group's offset",
        timeout => Of(group).AskAsync(timeout, consumer =>
        {
            consumer.Commit([next]);
            return true;
        }),
        cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var group in _groups.Values.Where(group => group.IsValueCreated))
        {
            group.Value.Dispose();
        }
    }

    private QuestionConsumer Of(string group) => _groups.GetOrAdd(group, name => new(() => new QuestionConsumer(log, settings.Outsider(name)))).Value;
}
