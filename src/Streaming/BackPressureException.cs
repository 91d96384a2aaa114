using Reflux.Contracts.Errors;

namespace Reflux.Streaming;

/// <summary>The log's readers are too far behind for another record now. The record was not sent; an HTTP gateway answers 429 with <see cref="RetryAfter"/>.</summary>
public sealed class BackPressureException(string topic, int partition, TimeSpan retryAfter) : RefluxException(
    ErrorCodes.BackPressure,
    $"'{topic}' partition {partition} holds as many unread records as the embedded broker can keep safely.",
    "Send it again later; if this lasts, its readers (teachers, students) are stopped, paused or too slow.")
{
    /// <summary>When it is worth trying again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
