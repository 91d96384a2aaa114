using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Archive;

/// <summary>Everything that a lane's archiver is given.</summary>
public sealed record LaneArchiverContext
{
    /// <summary>Whose labels.</summary>
    public required ArchivedLane Lane { get; init; }

    /// <summary>The lane's label partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Which log a label partition is now.</summary>
    public required Func<int, CancellationToken, Task<LogId>> CurrentLog { get; init; }

    /// <summary>Opens the broker's label log.</summary>
    public required ILabelLogFactory Labels { get; init; }

    /// <summary>Says that everything before a position is archived.</summary>
    public required Func<Position, CancellationToken, Task> Publish { get; init; }

    /// <summary>Where segments go.</summary>
    public required ArchiveStore Store { get; init; }

    /// <summary>Sizes, ages and retention of segments.</summary>
    public required ArchiveOptions Options { get; init; }

    /// <summary>A segment is sealed at so many records: on a broker that holds only few unarchived ones.</summary>
    public int MostUnsealedRecords { get; init; } = int.MaxValue;

    /// <summary>And at so many bytes, whatever the options say.</summary>
    public long MostUnsealedBytes { get; init; } = long.MaxValue;

    /// <summary>Clock and timers.</summary>
    public required TimeProvider Time { get; init; }
}
