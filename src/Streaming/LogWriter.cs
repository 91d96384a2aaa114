using System.Collections.Concurrent;
using Confluent.Kafka;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Identity;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming;

/// <summary>
/// Appends records, each task done when the broker (all in-sync replicas) has acknowledged. While the broker is away records wait, up to
/// <see cref="KafkaOptions.DeliveryTimeoutSeconds"/>, and keep their order. One writer a process: on the embedded broker each counts as one of
/// <see cref="EmbeddedBrokerOptions.MaxProducers"/>.
/// </summary>
public sealed class LogWriter : ILogWriter, IAsyncDisposable
{
    /// <summary>Unread records that a partition of the embedded broker may hold when another is appended.</summary>
    public const int Mark = 48;

    /// <summary>Largest record on a topic of the embedded broker that has a safe position, bytes: Mark + Outstanding of these stay below the 5 MiB it keeps.</summary>
    public const int MaxEmbeddedRecordBytes = 64 * 1024;

    /// <summary>Unacknowledged records a partition on the embedded broker, over all producers.</summary>
    public const int Outstanding = 32;

    private readonly LogConnection _connection;
    private readonly ISafePosition? _safePosition;
    private readonly LastingProducer _producer;
    private readonly ConcurrentDictionary<(string Topic, int Partition), PartitionThrottle> _throttles = new();

    /// <summary>Opens a producer.</summary>
    /// <param name="connection">The log.</param>
    /// <param name="safePosition">How far readers are; may be null where only topics without a safe position are written.</param>
    public LogWriter(LogConnection connection, ISafePosition? safePosition)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _safePosition = safePosition;
        _producer = new LastingProducer(
            () => LogConnection.Build(() => connection.Log.Attach(new ProducerBuilder<byte[]?, byte[]>(connection.Settings.Producer())).Build()));
    }

    /// <summary>Appends a record, waiting as long as back-pressure lasts. Calls for one partition keep their order.</summary>
    /// <returns>Where the record stands.</returns>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="value">The record's bytes; not to be changed afterwards.</param>
    /// <param name="cancellationToken">Stops waiting; a record already handed to the broker may still land.</param>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, or <c>record-too-large</c>.</exception>
    public Task<Position> AppendAsync(string topic, int partition, byte[] value, CancellationToken cancellationToken) =>
        AppendAsync(topic, partition, value, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Appends a record if back-pressure lets it pass within <paramref name="patience"/>; after that it waits for the acknowledgement however long that takes.</summary>
    /// <inheritdoc cref="AppendAsync(string, int, byte[], CancellationToken)" path="/param|/returns" />
    /// <param name="patience">How long to wait for readers. A broker that is away is waited for as long as <see cref="KafkaOptions.DeliveryTimeoutSeconds"/> says.</param>
    /// <exception cref="BackPressureException">The readers are too far behind; the record was not sent.</exception>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, or <c>record-too-large</c>.</exception>
    public async Task<Position> AppendAsync(string topic, int partition, byte[] value, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        cancellationToken.ThrowIfCancellationRequested();
        var known = _connection.KnownTopic(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, known.Partitions);
        FaultPoint.Reach($"{topic}.send");
        if (!_connection.IsEmbedded || !Topics.HasSafePosition(topic))
        {
            return await SendAsync(topic, partition, known, value, null).WaitAsync(cancellationToken);
        }

        if (value.Length > MaxEmbeddedRecordBytes)
        {
            throw TooLarge(topic, value.Length, MaxEmbeddedRecordBytes);
        }

        var throttle = _throttles.GetOrAdd((topic, partition), NewThrottle, this);
        Task<Position> sent;
        using (await throttle.EnterAsync(patience, cancellationToken))
        {
            sent = SendAsync(topic, partition, known, value, throttle);
        }

        return await sent.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for what was sent, up to ten seconds, and closes the producer.</summary>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private static PartitionThrottle NewThrottle((string Topic, int Partition) key, LogWriter writer) => new(
        key.Topic,
        key.Partition,
        Math.Max(1, Outstanding / writer._connection.Options.Embedded.MaxProducers),
        cancellationToken => writer._connection.EndAsync(key.Topic, key.Partition, cancellationToken),
        cancellationToken => (writer._safePosition ?? throw new InvalidOperationException($"a writer to '{key.Topic}' on the embedded broker needs an {nameof(ISafePosition)}"))
            .SafeOffsetAsync(key.Topic, key.Partition, cancellationToken),
        TimeSpan.FromSeconds(writer._connection.Options.DeliveryTimeoutSeconds),
        writer._connection.Time);

    private async Task<Position> SendAsync(string topic, int partition, TopicDirectory.Topic known, byte[] value, PartitionThrottle? throttle)
    {
        var done = new TaskCompletionSource<Position>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new Message<byte[]?, byte[]> { Key = known.Key, Value = value };
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(topic, partition), message, Report);
                break;
            }
            catch (ProduceException<byte[]?, byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), _connection.Time);
            }
            catch (ProduceException<byte[]?, byte[]> exception)
            {
                throttle?.Failed();
                throw Failure(topic, value.Length, exception.Error, exception);
            }
            catch
            {
                throttle?.Failed();
                throw;
            }
        }

        var position = await done.Task;
        FaultPoint.Reach($"{topic}.sent");
        return position;

        void Report(DeliveryReport<byte[]?, byte[]> report)
        {
            if (report.Error.IsError)
            {
                throttle?.Failed();
                done.SetException(Failure(topic, value.Length, report.Error, null));
            }
            else
            {
                throttle?.Acknowledged(report.Offset.Value);
                done.SetResult(new Position(new LogId(known.Id, partition), report.Offset.Value));
            }
        }
    }

    private RefluxException Failure(string topic, int size, Error error, Exception? inner) => error.Code switch
    {
        ErrorCode.MsgSizeTooLarge => TooLarge(topic, size, null),
        _ when LastingProducer.IsEnd(error) || BrokerErrors.IsTransient(error.Code) => BrokerErrors.Unavailable(_connection.Address, $"acknowledge a record on '{topic}'", error, inner),
        _ => BrokerErrors.Refused(_connection.Address, $"take a record on '{topic}'", error, inner),
    };

    private static RefluxException TooLarge(string topic, int size, int? limit) => new(
        ErrorCodes.RecordTooLarge,
        $"A record of {size} bytes is too large for '{topic}'{(limit is null ? "" : $", which takes {limit} here")}.",
        "Send less at once; on a Kafka cluster, raise message.max.bytes of the topic and in Kafka:Settings.");
}
