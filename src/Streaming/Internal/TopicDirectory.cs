using System.Buffers.Binary;
using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>The topics' ids and partition counts, as the broker last described them. Ids that it does not serve are those of <see cref="LogMarks"/>.</summary>
internal sealed class TopicDirectory(IAdminClient admin, BrokerRequests requests, LogMarks marks, KafkaOptions options) : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.DeliveryTimeoutSeconds);

    /// <param name="Id">Names its logs.</param>
    /// <param name="Partitions">How many it has.</param>
    /// <param name="Key">What records carry as their key, where the broker does not know the id.</param>
    public sealed record Topic(Guid Id, int Partitions, byte[]? Key);

    private sealed record Description(string Name, Guid Id, int Partitions);

    public Topic Known(string topic) => _topics.TryGetValue(topic, out var known) ? known : throw new ArgumentException($"'{topic}' is not one of Reflux' topics", nameof(topic));

    public string? NameOf(Guid id) => _topics.FirstOrDefault(topic => topic.Value.Id == id).Key;

    public async Task LoadAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var missing = await DescribeAsync(Topics.All, limit, cancellationToken);
        if (missing.Count == 0)
        {
            return;
        }

        await CreateAsync(missing, limit, cancellationToken);
        // Creation is acknowledged by the controller before every broker knows of it.
        var start = requests.Time.GetTimestamp();
        while ((missing = await DescribeAsync(missing, limit, cancellationToken)).Count > 0)
        {
            if (requests.Time.GetElapsedTime(start) > limit)
            {
                throw Missing(missing, null);
            }

            await Task.Delay(Again, requests.Time, cancellationToken);
        }
    }

    public async Task<Topic> RefreshAsync(string topic, CancellationToken cancellationToken)
    {
        Known(topic);
        var start = requests.Time.GetTimestamp();
        while (await DescribeAsync([topic], _patience, cancellationToken) is { Count: > 0 } missing)
        {
            // a broker that has just started may not know its topics yet
            if (requests.Time.GetElapsedTime(start) > _patience)
            {
                throw Missing(missing, null);
            }

            await Task.Delay(Again, requests.Time, cancellationToken);
        }

        return Known(topic);
    }

    public void Dispose() => marks.Dispose();

    private async Task<IReadOnlyList<string>> DescribeAsync(IReadOnlyList<string> topics, TimeSpan limit, CancellationToken cancellationToken)
    {
        Task<List<Description>> Describe(TimeSpan timeout) => options.AsksForNoVersions ? ListOnceAsync(timeout) : DescribeOnceAsync(topics, timeout);
        var descriptions = (await requests.AskAsync("describe its topics", Describe, limit, cancellationToken)).ToDictionary(topic => topic.Name);
        var missing = new List<string>();
        foreach (var name in topics)
        {
            if (!descriptions.TryGetValue(name, out var topic))
            {
                missing.Add(name);
            }
            else if (topic.Id != Guid.Empty)
            {
                _topics[name] = new Topic(topic.Id, topic.Partitions, Key: null);
            }
            else
            {
                var id = await marks.IdOfAsync(name, topic.Partitions, _topics.TryGetValue(name, out var known) ? known.Id : null, limit, cancellationToken);
                _topics[name] = new Topic(id, topic.Partitions, LogMarks.KeyOf(id));
            }
        }

        return missing;
    }

    private async Task<List<Description>> DescribeOnceAsync(IReadOnlyList<string> topics, TimeSpan timeout)
    {
        List<TopicDescription> described;
        try
        {
            described = (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = timeout })).TopicDescriptions;
        }
        catch (DescribeTopicsException exception) when (exception.Results.TopicDescriptions.Count == topics.Count && exception.Results.TopicDescriptions.All(topic => topic.Error is not { IsError: true } error || error.Code == ErrorCode.UnknownTopicOrPart))
        {
            described = exception.Results.TopicDescriptions;
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_UnsupportedFeature)
        {
            throw new RefluxException(
                ErrorCodes.NotSupportedHere, "The broker is too old to describe its topics.", "For Kafka before 0.10 set Kafka:Settings as docs/log.md says; otherwise use a newer one.", exception);
        }

        return [.. described.Where(topic => topic.Error is not { IsError: true }).Select(topic => new Description(topic.Name, ToGuid(topic.TopicId), topic.Partitions.Count))];
    }

    /// <summary>The oldest form of the question, which names no controller: librdkafka's other forms wait for one in vain.</summary>
    private Task<List<Description>> ListOnceAsync(TimeSpan timeout) => Task.Run<List<Description>>(() =>
        [.. admin.GetMetadata(timeout).Topics.Where(topic => topic.Partitions.Count > 0).Select(topic => new Description(topic.Topic, Guid.Empty, topic.Partitions.Count))]);

    private async Task CreateAsync(IReadOnlyList<string> topics, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await requests.AskAsync("create topics", timeout => options.AsksForNoVersions ? NameOnceAsync(topics, timeout) : CreateOnceAsync(topics, timeout), limit, cancellationToken);
        }
        catch (RefluxException exception)
        {
            throw Missing(topics, exception);
        }
    }

    /// <summary>Brokers that can't be told to create topics may do so when one is asked for.</summary>
    private Task<bool> NameOnceAsync(IReadOnlyList<string> topics, TimeSpan timeout) => Task.Run(() =>
    {
        foreach (var topic in topics)
        {
            try
            {
                admin.GetMetadata(topic, timeout);
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_BadMsg)
            {
                // librdkafka can't read the answer about a topic that has no partitions yet; whether it gets them is seen next
                continue;
            }
        }

        return true;
    });

    private async Task<bool> CreateOnceAsync(IReadOnlyList<string> topics, TimeSpan timeout)
    {
        var specifications = topics.Select(topic => new TopicSpecification { Name = topic, NumPartitions = Topics.PartitionsOf(topic, options), ReplicationFactor = options.ReplicationFactor });
        try
        {
            await admin.CreateTopicsAsync(specifications, new CreateTopicsOptions { RequestTimeout = timeout, OperationTimeout = timeout });
            return true;
        }
        catch (CreateTopicsException exception) when (exception.Results.All(topic => topic.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            return false; // another silo was faster
        }
    }

    private RefluxException Missing(IReadOnlyList<string> topics, Exception? inner) => new(
        ErrorCodes.BrokerUnavailable,
        $"The broker lacks the topic{(topics.Count == 1 ? "" : "s")} {string.Join(", ", topics)}, and Reflux could not create {(topics.Count == 1 ? "it" : "them")}{(inner is null ? "" : $": {inner.Message}")}",
        "Create them with Kafka's own tool: " + string.Join("; ", topics.Select(topic =>
            $"kafka-topics.sh {(options.AsksForNoVersions ? "--zookeeper HOST:2181" : "--bootstrap-server HOST:9092")} --create --topic {topic} --partitions {Topics.PartitionsOf(topic, options)} --replication-factor {Math.Max(options.ReplicationFactor, (short)1)}")) + ".",
        inner);

    private static Guid ToGuid(Uuid? id)
    {
        if (id is null)
        {
            return Guid.Empty;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.LeastSignificantBits);
        return new Guid(bytes, bigEndian: true);
    }
}
