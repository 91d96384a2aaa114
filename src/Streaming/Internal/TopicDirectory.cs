using System.Buffers.Binary;
using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>The topics' ids and partition counts, as the broker last described them.</summary>
internal sealed class TopicDirectory(IAdminClient admin, BrokerRequests requests, KafkaOptions options)
{
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    public sealed record Topic(Guid Id, int Partitions);

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

            await Task.Delay(TimeSpan.FromMilliseconds(200), requests.Time, cancellationToken);
        }
    }

    public async Task<Topic> RefreshAsync(string topic, CancellationToken cancellationToken)
    {
        Known(topic);
        var missing = await DescribeAsync([topic], limit: null, cancellationToken);
        return missing.Count == 0 ? Known(topic) : throw Missing(missing, null);
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(IReadOnlyList<string> topics, TimeSpan? limit, CancellationToken cancellationToken)
    {
        Task<List<TopicDescription>> Describe(TimeSpan timeout) => DescribeOnceAsync(topics, timeout);
        var descriptions = limit is { } bound
            ? await requests.AskAsync("describe its topics", Describe, bound, cancellationToken)
            : await requests.AskAsync("describe its topics", Describe, cancellationToken);
        var missing = new List<string>();
        foreach (var topic in descriptions)
        {
            if (topic.Error is { IsError: true })
            {
                missing.Add(topic.Name);
                continue;
            }

            var id = ToGuid(topic.TopicId);
            if (id == Guid.Empty)
            {
                throw new RefluxException(
                    ErrorCodes.NotSupportedHere,
                    $"The broker serves no topic ids (asked for '{topic.Name}'), so Reflux could not tell one incarnation of a topic from the next.",
                    "Use Kafka 2.8 or later, or the embedded broker.");
            }

            _topics[topic.Name] = new Topic(id, topic.Partitions.Count);
        }

        return missing;
    }

    private async Task<List<TopicDescription>> DescribeOnceAsync(IReadOnlyList<string> topics, TimeSpan timeout)
    {
        try
        {
            return (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new DescribeTopicsOptions { RequestTimeout = timeout })).TopicDescriptions;
        }
        catch (DescribeTopicsException exception) when (exception.Results.TopicDescriptions.Count == topics.Count && exception.Results.TopicDescriptions.All(topic => topic.Error is not { IsError: true } error || error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return exception.Results.TopicDescriptions;
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_UnsupportedFeature)
        {
            throw new RefluxException(ErrorCodes.NotSupportedHere, "The broker is too old to describe its topics.", "Use Kafka 2.8 or later, or the embedded broker.", exception);
        }
    }

    private async Task CreateAsync(IReadOnlyList<string> topics, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await requests.AskAsync("create topics", timeout => CreateOnceAsync(topics, timeout), limit, cancellationToken);
        }
        catch (RefluxException exception)
        {
            throw Missing(topics, exception);
        }
    }

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
        "Create them: " + string.Join(", ", topics.Select(topic => $"'{topic}' with {Topics.PartitionsOf(topic, options)} partition(s)")) + ".",
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
