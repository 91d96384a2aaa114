using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming;

/// <summary>
/// This process' way to the log: where the broker is, which topics it has and which log ids they bear. Opened once a process; readers and writers
/// are made from it. Questions wait while the broker is away, up to <see cref="KafkaOptions.DeliveryTimeoutSeconds"/>.
/// </summary>
public sealed class LogConnection : ILogConnection, IAsyncDisposable
{
    private readonly TopicDirectory _directory;
    private readonly GroupOffsets _groups;
    private readonly IAdminClient _admin;

    private LogConnection(KafkaOptions options, string address, bool embedded, BrokerRequests requests, IAdminClient admin, TopicDirectory directory, ClientSettings settings, ClientLog log)
    {
        Options = options;
        Address = address;
        IsEmbedded = embedded;
        Requests = requests;
        Settings = settings;
        Log = log;
        _admin = admin;
        _directory = directory;
        _groups = new GroupOffsets(settings, log, requests);
    }

    /// <summary>The bootstrap servers.</summary>
    public string Address { get; }

    /// <summary>True where the log is the embedded broker, also where only its address was named.</summary>
    public bool IsEmbedded { get; }

    /// <summary>What an acknowledgement is worth: "memory" on the embedded broker, otherwise "replicated".</summary>
    public string Durability => IsEmbedded ? "memory" : "replicated";

    /// <summary>The librdkafka settings of <see cref="LogWriter"/>'s client.</summary>
    public IReadOnlyDictionary<string, string> WriterSettings => Settings.Producer().ToDictionary();

    /// <summary>The librdkafka settings of <see cref="LogReader"/>'s client.</summary>
    public IReadOnlyDictionary<string, string> ReaderSettings => Settings.Reader().ToDictionary();

    /// <summary>True where an append that is repeated inside the client leaves one record; otherwise it may leave two.</summary>
    public bool WritesOnce => Options.WritesOnce;

    internal KafkaOptions Options { get; }

    internal BrokerRequests Requests { get; }

    internal ClientSettings Settings { get; }

    internal ClientLog Log { get; }

    internal TimeProvider Time => Requests.Time;

    /// <summary>Connects, creates topics that a cluster lacks, and learns the log ids.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="embeddedAddress">The embedded broker's address; null for <see cref="KafkaOptions.BootstrapServers"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where the clients' own messages go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, <c>option-out-of-range</c> (a setting that librdkafka refuses), or <c>not-supported-here</c> (a topic that something else writes to).</exception>
    public static async Task<LogConnection> OpenAsync(KafkaOptions options, string? embeddedAddress, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        var address = embeddedAddress ?? options.BootstrapServers ?? throw new ArgumentException("an address is needed: the embedded broker's or Kafka:BootstrapServers", nameof(embeddedAddress));
        var log = new ClientLog(loggers.CreateLogger("Reflux.Streaming.Kafka"));
        var settings = new ClientSettings(options, address, embeddedAddress is not null);
        var admin = Build(() => log.Attach(new AdminClientBuilder(settings.Admin())).Build());
        var requests = new BrokerRequests(address, TimeSpan.FromSeconds(options.DeliveryTimeoutSeconds), time);
        var directory = new TopicDirectory(admin, requests, new LogMarks(settings, log, requests), options);
        try
        {
            await directory.LoadAsync(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), cancellationToken);
            var embedded = embeddedAddress is not null || (!options.AsksForNoVersions && await IsEmbeddedAsync(admin, requests, cancellationToken));
            return new LogConnection(options, address, embedded, requests, admin, directory, new ClientSettings(options, address, embedded), log);
        }
        catch
        {
            directory.Dispose();
            admin.Dispose();
            throw;
        }
    }

    /// <summary>Partitions of a topic.</summary>
    public int PartitionCount(string topic) => _directory.Known(topic).Partitions;

    /// <summary>Asks the broker which log a partition is now.</summary>
    public async Task<LogId> LogIdAsync(string topic, int partition, CancellationToken cancellationToken) =>
        new((await _directory.RefreshAsync(topic, cancellationToken)).Id, partition);

    /// <summary>The log that a partition was when last asked about: no question to the broker. What a writer returns bears the same.</summary>
    public LogId KnownLogId(string topic, int partition) => new(_directory.Known(topic).Id, partition);

    /// <summary>The first offset that a partition holds, and the one after its last.</summary>
    public async Task<(long Low, long End)> BoundsAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        TopicPartition[] target = [new(topic, partition)];
        var low = OffsetsAsync(target, OffsetSpec.Earliest(), cancellationToken);
        var end = OffsetsAsync(target, OffsetSpec.Latest(), cancellationToken);
        return ((await low)[0], (await end)[0]);
    }

    /// <summary>The offset that a group committed for a partition; null where it has none.</summary>
    public async Task<long?> CommittedAsync(string group, string topic, int partition, CancellationToken cancellationToken) =>
        (await _groups.ReadAsync(group, [new TopicPartition(topic, partition)], cancellationToken))[0];

    /// <inheritdoc />
    public IGroupReader Join(string topic, string group) => new GroupReader(this, topic, group);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _groups.Dispose();
        _directory.Dispose();
        _admin.Dispose();
        return ValueTask.CompletedTask;
    }

    internal async Task<long> EndAsync(string topic, int partition, CancellationToken cancellationToken) =>
        (await OffsetsAsync([new TopicPartition(topic, partition)], OffsetSpec.Latest(), cancellationToken))[0];

    /// <summary>Offsets of many partitions of one kind, in the order asked for.</summary>
    internal async Task<long[]> OffsetsAsync(IReadOnlyList<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellationToken)
    {
        var offsets = await Requests.AskAsync("list its offsets", AskAsync, cancellationToken);
        return [.. partitions.Select(partition => offsets[partition].Value)];

        async Task<Dictionary<TopicPartition, Offset>> AskAsync(TimeSpan timeout)
        {
            var specs = partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec });
            var result = await _admin.ListOffsetsAsync(specs, new() { RequestTimeout = timeout });
            var answer = result.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset);

            // what librdkafka says, without an error, of a broker that died or stood still under the question
            return answer.Values.All(offset => offset.Value >= 0) ? answer : throw new KafkaException(ErrorCode.Local_TimedOut);
        }
    }

    internal Task<long?[]> CommittedAsync(string group, IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken) => _groups.ReadAsync(group, partitions, cancellationToken);

    /// <summary>
    /// Where a group goes on in each partition: at its committed offset, or at the first record that is held. That first one is asked for too: librdkafka, left to find it, takes a broker that has just
    /// started and knows no topics yet for one that has lost them.
    /// </summary>
    internal async Task<List<TopicPartitionOffset>> NextAsync(string group, List<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var next = partitions.Zip(await CommittedAsync(group, partitions, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
        List<TopicPartition> rest = [.. partitions.Where(partition => next[partition] is null)];
        if (rest.Count > 0)
        {
            foreach (var (partition, first) in rest.Zip(await OffsetsAsync(rest, OffsetSpec.Earliest(), cancellationToken)))
            {
                next[partition] = first;
            }
        }

        return [.. partitions.Select(partition => new TopicPartitionOffset(partition, next[partition]!.Value))];
    }

    internal Task CommitAsync(string group, TopicPartitionOffset next, CancellationToken cancellationToken) => _groups.WriteAsync(group, next, cancellationToken);

    /// <summary>The topic as last seen: no question to the broker.</summary>
    internal TopicDirectory.Topic KnownTopic(string topic) => _directory.Known(topic);

    internal Task RefreshTopicAsync(string topic, CancellationToken cancellationToken) => _directory.RefreshAsync(topic, cancellationToken);

    internal string TopicOf(Position position) => _directory.NameOf(position.Log.Topic) ?? throw PositionException.Foreign("any topic of this broker", position, default);

    /// <summary>The embedded broker's limits bind those too who know it only by its address; its cluster's id gives it away.</summary>
    private static async Task<bool> IsEmbeddedAsync(IAdminClient admin, BrokerRequests requests, CancellationToken cancellationToken)
    {
        var cluster = await requests.AskAsync("describe its cluster", timeout => admin.DescribeClusterAsync(new() { RequestTimeout = timeout }), cancellationToken);
        return cluster.ClusterId?.StartsWith("mockCluster", StringComparison.Ordinal) == true;
    }

    /// <summary>Builds a client; a setting that librdkafka refuses becomes a typed error that repeats its words.</summary>
    internal static T Build<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or KafkaException)
        {
            throw new RefluxException(ErrorCodes.OptionOutOfRange, $"librdkafka refuses the {KafkaOptions.Section}:{nameof(KafkaOptions.Settings)}: {exception.Message}", "Correct or remove the setting it names.", exception);
        }
    }
}
