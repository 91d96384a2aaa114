namespace Reflux.Distillation.Archive;

/// <summary>What a log's archive holds at one moment.</summary>
/// <param name="Lane">Whose labels; null before the first line.</param>
/// <param name="Segments">In order of their offsets.</param>
/// <param name="RemovedBefore">Retention let go of what stood before this offset; 0 where of nothing.</param>
internal sealed record ArchiveContent(ArchivedLane? Lane, IReadOnlyList<ArchiveSegment> Segments, long RemovedBefore)
{
    public static ArchiveContent Empty { get; } = new(null, [], 0);

    /// <summary>The first offset held; null where nothing is.</summary>
    public long? First => Segments.Count > 0 ? Segments[0].Base : null;

    /// <summary>The offset after the last one that was ever archived; null before any.</summary>
    public long? End => Segments.Count > 0 ? Segments[^1].End : null;

    public long Bytes => Segments.Sum(segment => segment.Bytes);

    public static ArchiveContent Of(IReadOnlyList<ArchiveLine> lines)
    {
        var removedBefore = lines.Max(line => line.RemovedBefore) ?? 0;
        return new ArchiveContent(
            lines.Select(line => line.Lane).FirstOrDefault(lane => lane is not null),
            [.. lines.Select(line => line.Sealed).OfType<ArchiveSegment>().Where(segment => segment.End > removedBefore)],
            removedBefore);
    }

    /// <summary>The content with one more line of the list.</summary>
    public ArchiveContent With(ArchiveLine line) => new(
        Lane ?? line.Lane,
        line.Sealed is { } segment ? [.. Segments, segment] : line.RemovedBefore is { } removed ? [.. Segments.Where(held => held.End > removed)] : Segments,
        Math.Max(RemovedBefore, line.RemovedBefore ?? 0));

    /// <summary>A list that says just this: shorter than the one that led here, once retention has let go of something.</summary>
    public IEnumerable<ArchiveLine> Lines() =>
    [
        .. Lane is null ? (ArchiveLine[])[] : [new ArchiveLine { Lane = Lane }],
        .. RemovedBefore > 0 ? (ArchiveLine[])[new ArchiveLine { RemovedBefore = RemovedBefore }] : [],
        .. Segments.Select(segment => new ArchiveLine { Sealed = segment }),
    ];

    /// <summary>The first offset held behind one that is not; null where none is.</summary>
    public long? FirstAfter(long offset) => Segments.FirstOrDefault(segment => segment.Base > offset)?.Base;

    /// <summary>The segment with the record at an offset, or null.</summary>
    public ArchiveSegment? Find(long offset)
    {
        var (low, high) = (0, Segments.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Segments[middle].Holds(offset))
            {
                return Segments[middle];
            }

            (low, high) = offset < Segments[middle].Base ? (low, middle - 1) : (middle + 1, high);
        }

        return null;
    }
}
