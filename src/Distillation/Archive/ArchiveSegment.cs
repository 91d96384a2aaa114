namespace Reflux.Distillation.Archive;

/// <summary>A sealed segment: an immutable file with the records of a range of offsets, none missing.</summary>
/// <param name="File">Its name in the directory of its log.</param>
/// <param name="Base">Offset of its first record.</param>
/// <param name="End">The offset after its last record.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of the whole file.</param>
/// <param name="SealedAt">When it was sealed.</param>
public sealed record ArchiveSegment(string File, long Base, long End, long Bytes, string Sha256, DateTimeOffset SealedAt)
{
    internal bool Holds(long offset) => offset >= Base && offset < End;
}
