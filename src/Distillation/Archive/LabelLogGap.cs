using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Archive;

/// <summary>Records of a label log that nobody has: an error, never a jump.</summary>
internal static class LabelLogGap
{
    private const string Remedy = "Restore the archive from a copy, or give the broker's topic more retention before it happens again. Nothing was passed over.";

    public static RefluxException Between(LogId log, long expected, long found) =>
        new(ErrorCodes.LogGap, $"Log {log} continues at offset {found} where {expected} was to come.", Remedy);

    public static RefluxException At(Position missing, Exception? inner) => new(
        ErrorCodes.LogGap,
        $"Neither the broker nor the archive has the label record at {missing}.",
        $"Where an archiver has read it and not sealed it yet, resume after {nameof(ArchiveOptions.SegmentSeconds)} of the section Archive. {Remedy}",
        inner);
}
