using System.Runtime.InteropServices;
using Confluent.Kafka;
using Reflux.Contracts.Errors;
using Reflux.Streaming.Internal;

namespace Reflux.Streaming.Embedded;

/// <summary>
/// librdkafka's mock cluster with Reflux' topics, in this process: Kafka's protocol on loopback, in memory. It keeps 5 MiB a partition and then
/// drops the oldest records without a word, which <see cref="LogWriter"/> guards against; what it holds ends with it.
/// </summary>
public sealed class EmbeddedBrokerServer : IDisposable
{
    private const int SessionTimeoutMilliseconds = 6000;
    private const int HeartbeatMilliseconds = 200;

    private readonly Lock _lock = new();
    private nint _handle;
    private nint _cluster;

    /// <summary>Starts a broker on a free loopback port.</summary>
    /// <param name="options">Partitions of the topics.</param>
    public EmbeddedBrokerServer(KafkaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _handle = Librdkafka.NewHandle();
        _cluster = Librdkafka.NewCluster(_handle, 1);
        if (_cluster == 0)
        {
            Librdkafka.Destroy(_handle);
            throw new RefluxException(ErrorCodes.BrokerUnavailable, "The embedded broker found no loopback port to listen on.", "Check that 127.0.0.1 is up and that sockets are allowed here.");
        }

        Address = Marshal.PtrToStringUTF8(Librdkafka.Bootstraps(_cluster)) ?? "";
        Librdkafka.SetController(_cluster, 1);
        Librdkafka.SetInitialRebalanceDelay(_cluster, 0);
        Librdkafka.SetGroupSessionTimeout(_cluster, SessionTimeoutMilliseconds);
        Librdkafka.SetGroupHeartbeatInterval(_cluster, HeartbeatMilliseconds);
        foreach (var topic in Topics.All)
        {
            CreateTopic(topic, Topics.PartitionsOf(topic, options));
        }

        Librdkafka.StartRequestTracking(_cluster);
    }

    /// <summary>Where clients connect: <c>127.0.0.1:port</c>.</summary>
    public string Address { get; }

    /// <summary>Requests since the last call.</summary>
    internal long TakeRequestCount() => Use(cluster =>
    {
        var requests = Librdkafka.GetRequests(cluster, out var count);
        Librdkafka.DestroyRequests(requests, count);
        Librdkafka.ClearRequests(cluster);
        return (long)count;
    });

    /// <summary>Deletes and creates a topic, which gives it another UUID.</summary>
    internal void RecreateTopic(string topic, int partitions)
    {
        Check(Use(cluster => Librdkafka.DeleteTopic(cluster, topic)), "delete", topic);
        CreateTopic(topic, partitions);
    }

    /// <summary>Serves metadata as brokers before Kafka 2.8 did: without topic ids.</summary>
    internal void HideTopicIds() => Check(Use(cluster => Librdkafka.SetApiVersion(cluster, key: 3, lowest: 0, highest: 9)), "hide the ids of", "any");

    /// <summary>Answers the next record as a broker that lost its producers' state: its number is not the one that should follow.</summary>
    internal void LoseProducers() => Use(cluster =>
    {
        Librdkafka.PushErrors(cluster, key: 0, 1, [(int)ErrorCode.OutOfOrderSequenceNumber]);
        return 0;
    });

    /// <summary>Drops the records before an offset, as retention does.</summary>
    internal void DeleteRecords(string topic, int partition, long beforeOffset) =>
        Check(Use(cluster => Librdkafka.DeleteRecords(cluster, topic, partition, beforeOffset)), "delete records of", topic);

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            if (_cluster == 0)
            {
                return;
            }

            Librdkafka.DestroyCluster(_cluster);
            Librdkafka.Destroy(_handle);
            _cluster = 0;
            _handle = 0;
        }
    }

    private void CreateTopic(string topic, int partitions) => Check(Use(cluster => Librdkafka.CreateTopic(cluster, topic, partitions, 1)), "create", topic);

    private T Use<T>(Func<nint, T> call)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_cluster == 0, this);
            return call(_cluster);
        }
    }

    private static void Check(int error, string what, string topic)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The embedded broker could not {what} topic '{topic}': librdkafka error {error}.");
        }
    }
}
