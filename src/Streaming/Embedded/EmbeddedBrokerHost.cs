using System.Runtime.InteropServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Embedded;

/// <summary>
/// What the process <c>reflux broker</c> does: holds the embedded broker, keeps <c>broker.json</c> in the data directory, and ends on SIGTERM or SIGINT,
/// or when nobody has asked it anything for <see cref="EmbeddedBrokerOptions.IdleSeconds"/>. It outlives the silo that started it.
/// </summary>
public sealed partial class EmbeddedBrokerHost
{
    private const string LockName = "broker.lock";
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EmbeddedBrokerServer _server;
    private readonly LogConnection _connection;
    private readonly DateTimeOffset _startedAt;

    private EmbeddedBrokerHost(string directory, KafkaOptions options, TimeProvider time, ILogger logger, EmbeddedBrokerServer server, LogConnection connection)
    {
        _directory = directory;
        _options = options;
        _time = time;
        _logger = logger;
        _server = server;
        _connection = connection;
        _startedAt = time.GetUtcNow();
    }

    /// <summary>Runs a broker until it is told to end or nobody needs it.</summary>
    /// <param name="dataDirectory">Where <c>broker.json</c> goes; one broker a directory.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where it says that it started and why it ended.</param>
    /// <param name="cancellationToken">Ends it like a signal.</param>
    /// <exception cref="RefluxException"><c>data-directory-in-use</c>, <c>data-directory-read-only</c> or <c>broker-unavailable</c>.</exception>
    public static async Task RunAsync(string dataDirectory, KafkaOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        using var directoryLock = Lock(dataDirectory);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var server = new EmbeddedBrokerServer(options);
        await using var connection = await LogConnection.OpenAsync(options, server.Address, time, loggers, cancellationToken);
        await new EmbeddedBrokerHost(dataDirectory, options, time, loggers.CreateLogger<EmbeddedBrokerHost>(), server, connection).ServeAsync(stop.Token);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static FileStream Lock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw ReadOnly(directory, exception);
        }

        try
        {
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw ReadOnly(directory, exception);
        }
        catch (IOException exception)
        {
            throw new RefluxException(
                ErrorCodes.DataDirectoryInUse, $"Another embedded broker runs in '{directory}' ({exception.Message})", $"Use it (its address is in {BrokerFile.Name}), end it, or choose another data directory.", exception);
        }
    }

    private static RefluxException ReadOnly(string directory, Exception exception) => new(
        ErrorCodes.DataDirectoryReadOnly, $"The data directory '{directory}' can't be written: {exception.Message}", "Make it writable for this user, or choose another one.", exception);

    private async Task ServeAsync(CancellationToken stop)
    {
        await RecordAsync();
        Started(_server.Address, _directory);
        _server.TakeRequestCount();
        using var timer = new PeriodicTimer(Tick, _time);
        var reason = "it was told to";
        var idle = TimeSpan.Zero;
        var ticked = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // A stopped process (SIGSTOP) must not take the time that it was away for idleness.
                var elapsed = _time.GetElapsedTime(ticked);
                ticked = _time.GetTimestamp();
                idle += elapsed < 2 * Tick ? elapsed : Tick;
                if (_server.TakeRequestCount() > 0)
                {
                    idle = TimeSpan.Zero;
                    await RecordAsync();
                    _server.TakeRequestCount(); // its own questions are no use
                }

                if (idle.TotalSeconds >= _options.Embedded.IdleSeconds)
                {
                    reason = $"nobody used it for {_options.Embedded.IdleSeconds:0.#} s";
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await RecordAsync();
        }

        Ended(reason);
    }

    private async Task RecordAsync()
    {
        var partitions = Topics.All.SelectMany(topic => Enumerable.Range(0, _connection.PartitionCount(topic)).Select(partition => new TopicPartition(topic, partition))).ToList();
        var prompts = partitions.Where(partition => partition.Topic == Topics.Prompts).ToList();
        var ends = await _connection.OffsetsAsync(partitions, OffsetSpec.Latest(), CancellationToken.None);
        var read = await _connection.CommittedAsync(ConsumerGroups.Teachers, prompts, CancellationToken.None);
        var endOf = partitions.Zip(ends).ToLookup(pair => pair.First.Topic, pair => pair.Second);
        var file = new BrokerFile
        {
            Address = _server.Address,
            ProcessId = Environment.ProcessId,
            ProcessStart = ProcessIdentity.OwnStart,
            StartedAt = _startedAt,
            RecordedAt = _time.GetUtcNow(),
            Topics = Topics.All.ToDictionary(
                topic => topic,
                topic => new BrokerTopic(_connection.KnownTopic(topic).Id, [.. endOf[topic]], topic == Topics.Prompts ? [.. read.Select(offset => offset ?? 0)] : null)),
        };
        try
        {
            file.Write(_directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            NotRecorded(exception.Message); // a full disk must not end the log that is in memory
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Embedded broker at {Address}, in memory, for {Directory}")]
    private partial void Started(string address, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "broker.json was not updated: {Reason}")]
    private partial void NotRecorded(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Embedded broker ends: {Reason}")]
    private partial void Ended(string reason);
}
