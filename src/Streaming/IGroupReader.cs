using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>A member of a consumer group: a record is redelivered, to this or another member, until it is acknowledged.</summary>
public interface IGroupReader : IAsyncDisposable
{
    /// <summary>The next record of any partition that this member holds; null once the reader is disposed.</summary>
    /// <exception cref="PositionException">The log lost records that the group had not read.</exception>
    ValueTask<LogRecord?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Says that a record is finished. Without effect where its partition has gone to another member: it is delivered there again.</summary>
    void Acknowledge(Position position);
}
