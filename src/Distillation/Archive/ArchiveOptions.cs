namespace Reflux.Distillation.Archive;

/// <summary>How label logs are kept beyond the broker's retention (section <c>Archive</c>). The same on all silos of a cluster.</summary>
public sealed class ArchiveOptions
{
    /// <summary>Off: a log goes as far back as the broker holds it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A segment is sealed once its records have so many bytes, 64 KiB to 1 GiB. On the embedded broker at most 1 MiB.</summary>
    public long SegmentBytes { get; set; } = 64 << 20;

    /// <summary>A segment is sealed so long after its first record, seconds, 1 to 86,400: what is not sealed is read again after a crash.</summary>
    public double SegmentSeconds { get; set; } = 60;

    /// <summary>The oldest segments of a lane go when all have more bytes than this; 0 keeps all.</summary>
    public long RetainBytes { get; set; }

    /// <summary>Segments go when they are so old, days; 0 keeps all.</summary>
    public double RetainDays { get; set; }
}
