namespace Reflux.Distillation.Records;

/// <summary>Why a record or a sequence was set aside. An enum, so that no text of a prompt can ever stand in a reason, a listing, a log or a metric.</summary>
public enum DeadLetterReason : byte
{
    /// <summary>Not a record of the expected kind, or cut, or with a field out of its bounds.</summary>
    Malformed = 1,

    /// <summary>The bytes are not those that were written.</summary>
    ChecksumMismatch = 2,

    /// <summary>A format version that this build can't read.</summary>
    UnknownVersion = 3,

    /// <summary>Written for another incarnation of the log.</summary>
    ForeignLog = 4,

    /// <summary>Another lane's record.</summary>
    ForeignLane = 5,

    /// <summary>Labelled over another vocabulary than the student's.</summary>
    ForeignTokenizer = 6,

    /// <summary>Labelled under another chat template.</summary>
    ForeignTemplate = 7,

    /// <summary>Labelled by another specification (kind, draws, temperature) than the lane's.</summary>
    ForeignLabels = 8,

    /// <summary>Soft labels that describe no distribution: NaN, infinity, mass beyond 1, counts that don't add up, ids outside the vocabulary.</summary>
    InvalidLabels = 9,

    /// <summary>Older than the dedupe bitmap reaches: whether it already took effect can't be known, so it is never trained.</summary>
    Stale = 10,

    /// <summary>A prompt that leaves no room for an answer in the teacher's context.</summary>
    PromptTooLong = 11,

    /// <summary>Text that is not valid Unicode.</summary>
    InvalidText = 12,

    /// <summary>A sequence longer than the student's context.</summary>
    SequenceTooLong = 13,

    /// <summary>An answer whose labels alone are larger than a record may be.</summary>
    LabelsTooLarge = 14,

    /// <summary>A prompt of a lane that was deleted before it was labelled.</summary>
    LaneDeleted = 15,

    /// <summary>Part of a step whose loss or gradient was NaN or infinite; the step was undone.</summary>
    NonFiniteStep = 16,

    /// <summary>A prompt that the teacher failed on three times although it answers others.</summary>
    TeacherFailed = 17,
}
