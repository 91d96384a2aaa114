using Confluent.Kafka;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>
/// Log ids on brokers that serve none. A mark, a record with the id as its key and nothing in it, is the first record of a topic's partition 0; every record that is appended
/// repeats that key. So the first record that the broker still has names the log, whatever retention took. Of marks that several processes wrote at once, the first in log order counts.
/// </summary>
internal sealed class LogMarks(ClientSettings settings, ClientLog log, BrokerRequests requests) : IDisposable
{
    private readonly QuestionConsumer _consumer = new(log, settings.Glance());

    private static ReadOnlySpan<byte> Prefix => "reflux-log:"u8;

    /// <summary>The key that records of a log carry.</summary>
    public static byte[] KeyOf(Guid log) => [.. Prefix, .. log.ToByteArray(bigEndian: true)];

    /// <summary>The id of a topic's log; one that was never written to is marked first.</summary>
    /// <param name="topic">A topic that exists.</param>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="known">Its id as it was last seen; null before. A log from which retention has taken all that it held keeps it: its partition 0 still counts on.</param>
    /// <param name="limit">How long to wait for the broker.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>not-supported-here</c>: something else writes there. <c>broker-unavailable</c>.</exception>
    public Task<Guid> IdOfAsync(string topic, int partitions, Guid? known, TimeSpan limit, CancellationToken cancellationToken) => requests.AskAsync(
        "name a topic's log",
        async timeout =>
        {
            while (true)
            {
                var (id, isNew) = await _consumer.AskAsync(timeout, consumer => Read(consumer, topic, partitions, timeout));
                if (id is { } found)
                {
                    return found;
                }

                await MarkAsync(topic, isNew || known is null ? Guid.NewGuid() : known.Value);
            }
        },
        limit,
        cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _consumer.Dispose();

    private async Task MarkAsync(string topic, Guid id)
    {
        using var producer = LogConnection.Build(() => log.Attach(new ProducerBuilder<byte[]?, byte[]>(settings.Producer())).Build());
        await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<byte[]?, byte[]> { Key = KeyOf(id), Value = [] });
    }

    /// <summary>The id in the first record of partition 0, or of the first partition that retention has left something in; null where nothing is left, or nothing was ever written.</summary>
    private static (Guid? Id, bool IsNew) Read(IConsumer<byte[]?, byte[]?> consumer, string topic, int partitions, TimeSpan timeout)
    {
        for (var partition = 0; partition < partitions; partition++)
        {
            var candidate = new TopicPartition(topic, partition);
            var bounds = consumer.QueryWatermarkOffsets(candidate, timeout);
            if (bounds.High > bounds.Low)
            {
                return (IdIn(RecordAt(consumer, new TopicPartitionOffset(candidate, bounds.Low), timeout)), false);
            }

            if (partition == 0 && bounds.High == 0)
            {
                return (null, true);
            }
        }

        return (null, false);
    }

    private static ConsumeResult<byte[]?, byte[]?> RecordAt(IConsumer<byte[]?, byte[]?> consumer, TopicPartitionOffset place, TimeSpan timeout)
    {
        consumer.Assign(place);
        try
        {
            return consumer.Consume(timeout) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
        }
        catch (ConsumeException gone) when (gone.Error.Code == ErrorCode.Local_AutoOffsetReset)
        {
            // retention was faster: the question is asked again
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, gone.Message), gone);
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private static Guid IdIn(ConsumeResult<byte[]?, byte[]?> first)
    {
        var key = first.Message.Key.AsSpan();
        var isMark = first.Message.Value is null or [];
        return key.Length == Prefix.Length + 16 && key.StartsWith(Prefix) && (isMark || first.Offset > 0 || first.Partition > 0)
            ? new Guid(key[Prefix.Length..], bigEndian: true)
            : throw new RefluxException(
                ErrorCodes.NotSupportedHere,
                $"The broker serves no topic ids, and the first record of '{first.Topic}' names no log: something else writes there, or the topic was created anew while Reflux ran.",
                "Stop Reflux, delete and create that topic, and start again.");
    }
}
