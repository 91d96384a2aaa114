using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>What the log's users ask about it.</summary>
public interface ILogConnection
{
    /// <summary>What an acknowledgement is worth: "memory" on the embedded broker, otherwise "replicated".</summary>
    string Durability { get; }

    /// <summary>True where an append that is repeated inside the client leaves one record; otherwise it may leave two.</summary>
    bool WritesOnce { get; }

    /// <summary>Partitions of a topic.</summary>
    int PartitionCount(string topic);

    /// <summary>Asks the broker which log a partition is now.</summary>
    Task<LogId> LogIdAsync(string topic, int partition, CancellationToken cancellationToken);

    /// <summary>The log that a partition was when last asked about: no question to the broker.</summary>
    LogId KnownLogId(string topic, int partition);

    /// <summary>Joins a consumer group of a topic.</summary>
    IGroupReader Join(string topic, string group);
}
