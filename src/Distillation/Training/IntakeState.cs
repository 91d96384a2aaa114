using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>An intake's state as a checkpoint stores it.</summary>
/// <param name="Start">The first record ever consumed, or null before it.</param>
/// <param name="Next">The next record to read, or null for the start of the log.</param>
/// <param name="LastRecordSha256">Digest of the last record consumed; empty before the first.</param>
/// <param name="TeacherRevision">The teacher's weights that the last record came from; empty before the first.</param>
/// <param name="Counters">Consumed so far.</param>
/// <param name="Dedupe">The dedupe window.</param>
/// <param name="Holdout">The newest holdout sequences.</param>
/// <param name="Pending">Sequences that are consumed and wait for a full step.</param>
/// <param name="Passages">Where it went on elsewhere in the log, oldest first.</param>
internal sealed record IntakeState(
    Position? Start,
    Position? Next,
    string LastRecordSha256,
    string TeacherRevision,
    IntakeCounters Counters,
    byte[] Dedupe,
    IReadOnlyList<SourcedSequence> Holdout,
    IReadOnlyList<SourcedSequence> Pending,
    IReadOnlyList<LogPassage> Passages);
