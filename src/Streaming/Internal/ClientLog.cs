using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Reflux.Streaming.Internal;

/// <summary>librdkafka's own messages, for those who look: it retries by itself, and what it cannot mend reaches callers as typed errors.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    public AdminClientBuilder Attach(AdminClientBuilder builder) => builder
        .SetLogHandler((_, message) => Message(message.Facility, message.Message))
        .SetErrorHandler((_, error) => Failure(error.Code, error.Reason));

    public ProducerBuilder<TKey, TValue> Attach<TKey, TValue>(ProducerBuilder<TKey, TValue> builder) => builder
        .SetLogHandler((_, message) => Message(message.Facility, message.Message))
        .SetErrorHandler((_, error) => Failure(error.Code, error.Reason));

    public ConsumerBuilder<TKey, TValue> Attach<TKey, TValue>(ConsumerBuilder<TKey, TValue> builder) => builder
        .SetLogHandler((_, message) => Message(message.Facility, message.Message))
        .SetErrorHandler((_, error) => Failure(error.Code, error.Reason));

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group} could not take a last commit ({Code}); its records will be delivered again")]
    public partial void CommitLost(string group, ErrorCode code);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    private partial void Message(string facility, string text);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka error {Code}: {Reason}")]
    private partial void Failure(ErrorCode code, string reason);
}
