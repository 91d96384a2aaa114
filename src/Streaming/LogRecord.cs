using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>One record as it stands in the log.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Value">Its bytes.</param>
public sealed record LogRecord(Position Position, byte[] Value);
