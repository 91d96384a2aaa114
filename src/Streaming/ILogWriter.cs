using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>Appends records; each task is done when the broker has acknowledged.</summary>
public interface ILogWriter
{
    /// <summary>Appends a record, waiting as long as back-pressure lasts. Calls for one partition keep their order.</summary>
    /// <returns>Where the record stands.</returns>
    /// <param name="topic">One of <see cref="Topics"/>.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="value">The record's bytes; not to be changed afterwards.</param>
    /// <param name="cancellationToken">Stops waiting; a record already handed to the broker may still land.</param>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, or <c>record-too-large</c>.</exception>
    Task<Position> AppendAsync(string topic, int partition, byte[] value, CancellationToken cancellationToken);

    /// <summary>Appends a record if back-pressure lets it pass within <paramref name="patience"/>; after that it waits for the acknowledgement however long that takes.</summary>
    /// <inheritdoc cref="AppendAsync(string, int, byte[], CancellationToken)" path="/param|/returns" />
    /// <param name="patience">How long to wait for readers.</param>
    /// <exception cref="BackPressureException">The readers are too far behind; the record was not sent.</exception>
    /// <exception cref="RefluxException"><c>broker-unavailable</c>, or <c>record-too-large</c>.</exception>
    Task<Position> AppendAsync(string topic, int partition, byte[] value, TimeSpan patience, CancellationToken cancellationToken);
}
