using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Streaming;

/// <summary>A position that the log does not have: of another incarnation of the topic (<see cref="ForeignLog"/>), or before or beyond what it holds (<see cref="OutOfRange"/>). Nothing resets it.</summary>
public sealed class PositionException : RefluxException
{
    /// <summary>Code of a position in a log that is not this one.</summary>
    public const string ForeignLog = ErrorCodes.PositionForeignLog;

    /// <summary>Code of an offset that the log no longer holds, or does not hold yet.</summary>
    public const string OutOfRange = ErrorCodes.PositionOutOfRange;

    private PositionException(string code, string message, string remedy, Position? position)
        : base(code, message, remedy) => Position = position;

    /// <summary>The position asked for, where it is known.</summary>
    public Position? Position { get; }

    internal static PositionException Foreign(string topic, Position position, LogId actual) => new(
        ForeignLog,
        $"The position {position} is of another log than '{topic}', which is {actual} here: the topic was created anew, or the broker kept it in memory and was restarted.",
        "Restore the archive of the old log where it has one.",
        position);

    internal static PositionException Outside(string topic, int partition, Position? position, string range) => new(
        OutOfRange,
        $"'{topic}' partition {partition} does not hold {(position is { } known ? $"offset {known.Offset}" : "the next offset to read")} ({range}).",
        "The records in between are gone from the broker: raise its retention, or restore the archive of the log.",
        position);
}
