using Confluent.Kafka;
using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>Questions to the broker that are repeated while it is away, and end in a typed error.</summary>
internal sealed class BrokerRequests(string address, TimeSpan patience, TimeProvider time)
{
    /// <summary>One attempt's limit: short, so that a broker that came back is noticed.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public TimeProvider Time => time;

    public Task<T> AskAsync<T>(string what, Func<TimeSpan, Task<T>> request, CancellationToken cancellationToken) => AskAsync(what, request, patience, cancellationToken);

    public async Task<T> AskAsync<T>(string what, Func<TimeSpan, Task<T>> request, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            KafkaException failure;
            try
            {
                return await request(Attempt < limit ? Attempt : limit).WaitAsync(cancellationToken);
            }
            catch (KafkaException exception)
            {
                failure = exception;
            }

            var error = Cause(failure);
            if (!BrokerErrors.IsTransient(error.Code))
            {
                throw BrokerErrors.Refused(address, what, error, failure);
            }

            if (time.GetElapsedTime(start) >= limit)
            {
                throw BrokerErrors.Unavailable(address, what, error, failure);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Answers about several things carry their errors inside.</summary>
    private static Error Cause(KafkaException exception)
    {
        IEnumerable<Error> inner = exception switch
        {
            Confluent.Kafka.Admin.ListOffsetsException offsets => offsets.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError.Error),
            Confluent.Kafka.Admin.DescribeTopicsException topics => topics.Results.TopicDescriptions.Select(topic => topic.Error),
            Confluent.Kafka.Admin.CreateTopicsException topics => topics.Results.Select(topic => topic.Error),
            TopicPartitionOffsetException offsets => offsets.Results.Select(offset => offset.Error),
            _ => [],
        };
        return inner.FirstOrDefault(error => error is { IsError: true } && error.Code != ErrorCode.Local_Partial) ?? exception.Error;
    }
}
