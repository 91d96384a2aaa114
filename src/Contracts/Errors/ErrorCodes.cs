namespace Reflux.Contracts.Errors;

/// <summary>The kinds of error that cross the HTTP border, each with its status code in <c>docs/errors.md</c>.</summary>
public static class ErrorCodes
{
    public const string LaneNotFound = "lane-not-found";
    public const string TeacherNotFound = "teacher-not-found";
    public const string StudentNotFound = "student-not-found";
    public const string SnapshotNotFound = "snapshot-not-found";
    public const string NameTaken = "name-taken";
    public const string LaneInUse = "lane-in-use";
    public const string JobNotFound = "job-not-found";
    public const string NotFound = "not-found";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string InvalidName = "invalid-name";
    public const string InvalidRequest = "invalid-request";
    public const string MalformedJson = "malformed-json";
    public const string InvalidEncoding = "invalid-encoding";
    public const string EmptyBatch = "empty-batch";
    public const string BodyTooLarge = "body-too-large";
    public const string PromptTooLong = "prompt-too-long";
    public const string ForeignHost = "foreign-host";
    public const string ForeignOrigin = "foreign-origin";
    public const string UnknownApiVersion = "unknown-api-version";
    public const string NoFreePartition = "no-free-partition";
    public const string BackPressure = "back-pressure";
    public const string BrokerUnavailable = "broker-unavailable";
    public const string DatabaseUnavailable = "database-unavailable";
    public const string RecordTooLarge = "record-too-large";
    public const string PositionForeignLog = "position-foreign-log";
    public const string PositionOutOfRange = "position-out-of-range";
    public const string LogGap = "log-gap";
    public const string NoGap = "no-gap";
    public const string LogRewritten = "log-rewritten";
    public const string ArchiveDamaged = "archive-damaged";
    public const string DeadLetterNotFound = "dead-letter-not-found";
    public const string DeadLetterFinal = "dead-letter-final";
    public const string OptionOutOfRange = "option-out-of-range";
    public const string PortInUse = "port-in-use";
    public const string DataDirectoryInUse = "data-directory-in-use";
    public const string DataDirectoryReadOnly = "data-directory-read-only";
    public const string DirectoryNotOurs = "directory-not-ours";
    public const string ExportPathUnusable = "export-path-unusable";
    public const string SnapshotCorrupt = "snapshot-corrupt";
    public const string ClientFailed = "client-failed";
    public const string ModelInvalid = "model-invalid";
    public const string ModelUnsupported = "model-unsupported";
    public const string CheckpointDamaged = "checkpoint-damaged";
    public const string StaleEpoch = "stale-epoch";
    public const string NonFinite = "non-finite";
    public const string NotSupportedHere = "not-supported-here";
    public const string StudentNotRunning = "student-not-running";
    public const string RecordInvalid = "record-invalid";
    public const string Timeout = "timeout";
    public const string Internal = "internal";
}
