using System.Collections.Concurrent;
using System.Threading.Channels;
using Confluent.Kafka;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming;

/// <summary>
/// A member of a consumer group: the broker shares the topic's partitions among the members, who may come and go. A record is redelivered, to this or
/// another member, until it is acknowledged; what is committed is the contiguous watermark of each partition, so a commit never passes unfinished work.
/// A partition without a commit is read from the first record it holds.
/// </summary>
public sealed class GroupReader : IGroupReader
{
    private const int Ahead = 64;
    private static readonly TimeSpan FullPoll = TimeSpan.FromMilliseconds(10);

    private readonly LogConnection _connection;
    private readonly string _topic;
    private readonly string _group;
    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, PartitionProgress> _assigned = new();
    private readonly Channel<Delivery> _records = Channel.CreateBounded<Delivery>(new BoundedChannelOptions(Ahead) { SingleWriter = true });
    private readonly Queue<Delivery> _waiting = new();
    private volatile bool _paused;

    /// <summary>Joins a group.</summary>
    /// <param name="connection">The log.</param>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="group">The group's name.</param>
    public GroupReader(LogConnection connection, string topic, string group)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _topic = topic;
        _group = group;
        _consumer = LogConnection.Build(() => connection.Log.Attach(new ConsumerBuilder<Ignore, byte[]>(connection.Settings.GroupMember(group)))
            .SetPartitionsAssignedHandler((_, partitions) => Assign(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Release(partitions, commit: true))
            .SetPartitionsLostHandler((_, partitions) => Release(partitions, commit: false))
            .Build());
        _consumer.Subscribe(topic);
        new Thread(Pump) { IsBackground = true, Name = $"group reader {topic}/{group}" }.Start();
    }

    private sealed record Delivery(LogRecord Record, PartitionProgress Progress);

    /// <summary>Partitions that this member holds now.</summary>
    public IReadOnlyCollection<int> Partitions => [.. _assigned.Keys];

    /// <summary>True while more is consumed than is read.</summary>
    internal bool IsPaused => _paused;

    /// <summary>The next record of any partition that this member holds; null once the reader is disposed.</summary>
    /// <exception cref="PositionException">The log lost records that the group had not read.</exception>
    public async ValueTask<LogRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var (record, progress) = await _records.Reader.ReadAsync(cancellationToken);
                lock (progress)
                {
                    if (!progress.Revoked)
                    {
                        return record;
                    }
                }
            }
        }
        catch (ChannelClosedException exception) when (exception.InnerException is null)
        {
            return null;
        }
        catch (ChannelClosedException exception)
        {
            throw exception.InnerException!;
        }
    }

    /// <summary>Says that a record is finished. Without effect where its partition has gone to another member: it is delivered there again.</summary>
    public void Acknowledge(Position position)
    {
        if (!_assigned.TryGetValue(position.Log.Partition, out var progress))
        {
            return;
        }

        lock (progress)
        {
            if (!progress.Revoked && progress.Finish(position.Offset))
            {
                FaultPoint.Reach("offsets.store");
                TryStore(new TopicPartitionOffset(_topic, position.Log.Partition, progress.Watermark!.Value));
            }
        }
    }

    /// <summary>Commits what is acknowledged and leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _ended.Task;
    }

    private void Pump()
    {
        Exception? failure = null;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                HandOn();
                if (ConsumeOne() is { } delivery)
                {
                    _waiting.Enqueue(delivery);
                }
            }
        }
        catch (KafkaException exception)
        {
            failure = BrokerErrors.Refused(_connection.Address, $"go on with a member of group {_group}", exception.Error, exception);
        }
        catch (Exception exception)
        {
            failure = exception is OperationCanceledException && _stop.IsCancellationRequested ? null : exception;
        }

        Leave();
        _records.Writer.TryComplete(failure);
        _ended.SetResult();
    }

    /// <summary>Moves what was consumed to the callers. While they are behind, partitions are paused and polling goes on, since the group's business is done in there.</summary>
    private void HandOn()
    {
        while (_waiting.TryPeek(out var first) && _records.Writer.TryWrite(first))
        {
            _waiting.Dequeue();
        }

        if (_waiting.Count > 0)
        {
            _consumer.Pause(_consumer.Assignment);
            _paused = true;
        }
        else if (_paused)
        {
            _consumer.Resume(_consumer.Assignment);
            _paused = false;
        }
    }

    private Delivery? ConsumeOne()
    {
        try
        {
            var result = _paused ? _consumer.Consume(FullPoll) : _consumer.Consume(_stop.Token);
            if (result is null || !_assigned.TryGetValue(result.Partition.Value, out var progress))
            {
                return null;
            }

            lock (progress)
            {
                progress.Deliver(result.Offset.Value);
            }

            var log = new LogId(_connection.KnownTopic(_topic).Id, result.Partition.Value);
            if (result.Message.Value is null or [])
            {
                Acknowledge(new Position(log, result.Offset.Value));
                return null;
            }

            return new Delivery(new LogRecord(new Position(log, result.Offset.Value), result.Message.Value), progress);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal && (BrokerErrors.IsTransient(exception.Error.Code) || exception.Error.Code == ErrorCode.Local_MaxPollExceeded))
        {
            return null;
        }
        catch (ConsumeException exception)
        {
            throw BrokerErrors.Reading(_connection.Address, _topic, exception.ConsumerRecord?.Partition.Value ?? -1, exception);
        }
    }

    private List<TopicPartitionOffset> Assign(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
        {
            return [];
        }

        var next = _connection.NextAsync(_group, partitions, _stop.Token).GetAwaiter().GetResult();
        foreach (var partition in partitions)
        {
            _assigned[partition.Partition.Value] = new PartitionProgress();
        }

        return next;
    }

    private void Release(List<TopicPartitionOffset> partitions, bool commit)
    {
        if (_paused)
        {
            // librdkafka pauses a partition and not its assignment: it would still be paused when it comes back, and nobody would know
            _consumer.Resume(partitions.Select(partition => partition.TopicPartition));
        }

        var finished = new List<TopicPartitionOffset>();
        foreach (var partition in partitions.Select(partition => partition.TopicPartition))
        {
            if (!_assigned.TryRemove(partition.Partition.Value, out var progress))
            {
                continue;
            }

            lock (progress)
            {
                progress.Revoked = true;
                if (progress.Watermark is { } watermark)
                {
                    finished.Add(new TopicPartitionOffset(partition, new Offset(watermark)));
                }
            }
        }

        if (commit && finished.Count > 0)
        {
            TryCommit(finished);
        }
    }

    /// <summary>librdkafka commits what is stored every auto.commit.interval.ms, in the background.</summary>
    private void TryStore(TopicPartitionOffset next)
    {
        try
        {
            _consumer.StoreOffset(next);
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
        {
            // the partition was taken away before its handler could say so: the record is delivered again
            _connection.Log.CommitLost(_group, (exception as KafkaException)?.Error.Code ?? ErrorCode.Local_Destroy);
        }
    }

    private void TryCommit(List<TopicPartitionOffset> offsets)
    {
        try
        {
            FaultPoint.Reach("offsets.commit");
            _consumer.Commit(offsets);
        }
        catch (KafkaException exception)
        {
            // The group moved on meanwhile: the records are delivered again, which readers allow for.
            _connection.Log.CommitLost(_group, exception.Error.Code);
        }
    }

    private void Leave()
    {
        try
        {
            _consumer.Close();
        }
        catch (KafkaException exception)
        {
            _connection.Log.CommitLost(_group, exception.Error.Code);
        }
        catch (Exception exception) when (exception is OperationCanceledException or RefluxException)
        {
            // partitions were handed out while it left, and nobody looks their offsets up any more
        }

        _consumer.Dispose();
    }
}
