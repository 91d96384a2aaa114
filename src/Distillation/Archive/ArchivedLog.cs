using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Archive;

/// <summary>What is archived of one log.</summary>
/// <param name="Lane">Whose labels; null where the list can't be read.</param>
/// <param name="Log">The log.</param>
/// <param name="First">The first offset held; null where nothing is.</param>
/// <param name="Next">The offset after the last one archived; null before any.</param>
/// <param name="Segments">How many files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="RemovedBefore">Retention let go of what stood before this offset; 0 where of nothing.</param>
/// <param name="Problems">What verification found; null where it was not asked for.</param>
public sealed record ArchivedLog(
    ArchivedLane? Lane, LogId Log, long? First, long? Next, int Segments, long Bytes, long RemovedBefore, IReadOnlyList<ArchiveProblem>? Problems = null);

/// <summary>What is wrong with an archive.</summary>
/// <param name="Kind">Which kind of damage.</param>
/// <param name="File">The file that is missing or damaged; null for a hole.</param>
/// <param name="Offset">The first offset that can't be read because of it; null where that is unknown.</param>
/// <param name="Message">In words.</param>
public sealed record ArchiveProblem(ArchiveProblemKind Kind, string? File, long? Offset, string Message);

/// <summary>Kinds of damage.</summary>
public enum ArchiveProblemKind
{
    /// <summary>A segment's file is not there.</summary>
    MissingSegment,

    /// <summary>A file's bytes are not those that were written.</summary>
    Damaged,

    /// <summary>Offsets that no segment holds, between some that are held.</summary>
    Hole,
}
