using System.Threading.Channels;
using Confluent.Kafka;
using Reflux.Contracts.Identity;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming;

/// <summary>
/// Reads one partition from a position on, at the caller's pace: a bounded number of records is fetched ahead, then the broker is left alone. It
/// never resets: a position that the log does not have is a <see cref="PositionException"/>.
/// </summary>
public sealed class LogReader : IAsyncDisposable
{
    private const int Ahead = 16;

    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<LogRecord> _records = Channel.CreateBounded<LogRecord>(new BoundedChannelOptions(Ahead) { SingleWriter = true });
    private readonly LogConnection _connection;
    private readonly string _topic;

    private LogReader(LogConnection connection, string topic, LogId log, Offset start)
    {
        _connection = connection;
        _topic = topic;
        Log = log;
        _consumer = LogConnection.Build(() => connection.Log.Attach(new ConsumerBuilder<Ignore, byte[]>(connection.Settings.Reader())).Build());
        _consumer.Assign(new TopicPartitionOffset(topic, log.Partition, start));
        // Consume blocks and librdkafka has no awaitable form of it: a thread of its own instead of one of the pool's.
        new Thread(Pump) { IsBackground = true, Name = $"log reader {topic}/{log.Partition}" }.Start();
    }

    /// <summary>The log that is read.</summary>
    public LogId Log { get; }

    /// <summary>Opens a reader.</summary>
    /// <param name="connection">The log.</param>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="from">The first record to read; null for the first that the log still holds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PositionException">The position is of another log, or outside what this one holds.</exception>
    public static async Task<LogReader> OpenAsync(LogConnection connection, string topic, int partition, Position? from, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var log = await connection.LogIdAsync(topic, partition, cancellationToken);
        if (from is { } elsewhere && elsewhere.Log != log)
        {
            throw PositionException.Foreign(topic, elsewhere, log);
        }

        var (low, end) = await connection.BoundsAsync(topic, partition, cancellationToken);
        var position = from ?? new Position(log, low);
        return position.Offset >= low && position.Offset <= end
            ? new LogReader(connection, topic, log, new Offset(position.Offset))
            : throw PositionException.Outside(topic, partition, position, $"it holds {low} to {end - 1}");
    }

    /// <summary>The next record; waits for one to be appended.</summary>
    /// <exception cref="PositionException">The log lost records that were still to be read.</exception>
    public async ValueTask<LogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _records.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw exception.InnerException ?? new ObjectDisposedException(nameof(LogReader));
        }
    }

    /// <summary>Asks the broker whether the log that is read is still there. A client that was away for a moment reads on at its offset, in whatever log it finds.</summary>
    /// <param name="position">What was read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PositionException">Another log has taken its place.</exception>
    public async Task RequireSameLogAsync(Position position, CancellationToken cancellationToken)
    {
        var now = await _connection.LogIdAsync(_topic, Log.Partition, cancellationToken);
        if (now != Log)
        {
            throw PositionException.Foreign(_topic, position, now);
        }
    }

    /// <inheritdoc />
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
                if (ConsumeOne() is { } record && !_records.Writer.TryWrite(record))
                {
                    _records.Writer.WriteAsync(record, _stop.Token).AsTask().GetAwaiter().GetResult();
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception is OperationCanceledException && _stop.IsCancellationRequested ? null : exception;
        }

        _consumer.Dispose();
        _records.Writer.Complete(failure);
        _ended.SetResult();
    }

    private LogRecord? ConsumeOne()
    {
        try
        {
            var result = _consumer.Consume(_stop.Token);
            return new LogRecord(new Position(Log, result.Offset.Value), result.Message.Value ?? []);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal && BrokerErrors.IsTransient(exception.Error.Code))
        {
            return null;
        }
        catch (ConsumeException exception)
        {
            throw BrokerErrors.Reading(_connection.Address, _topic, Log.Partition, exception);
        }
    }
}
