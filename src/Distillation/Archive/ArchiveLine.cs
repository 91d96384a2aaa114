namespace Reflux.Distillation.Archive;

/// <summary>One line of a log's <c>segments.jsonl</c>; exactly one member is set.</summary>
internal sealed record ArchiveLine
{
    /// <summary>The first line: whose log this is.</summary>
    public ArchivedLane? Lane { get; init; }

    /// <summary>A segment was sealed.</summary>
    public ArchiveSegment? Sealed { get; init; }

    /// <summary>Retention let go of every segment before this offset.</summary>
    public long? RemovedBefore { get; init; }
}
