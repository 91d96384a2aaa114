using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>One record as it stands in the log.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Value">Its bytes.</param>
public sealed record LogRecord(Position Position, byte[] Value)
{
    /// <summary>True for a record with nothing in it: a mark, which names the log on brokers without topic ids. Readers pass over it.</summary>
    public bool IsMark => Value.Length == 0;
}
