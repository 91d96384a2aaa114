using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Records;

/// <summary>Bytes that are no valid record. <see cref="Field"/> names the field, <see cref="Reason"/> is what the dead letter says; neither holds content.</summary>
public sealed class DecodeException(DeadLetterReason reason, string field, string problem)
    : RefluxException(
        ErrorCodes.RecordInvalid,
        $"The record's {field} {problem}.",
        "The record is set aside among the dead letters and its neighbours are used; if it came from a writer of yours, compare it with the record format.")
{
    /// <summary>Which dead letter this makes.</summary>
    public DeadLetterReason Reason { get; } = reason;

    /// <summary>The offending field, for example <c>sequences[3].ids[17]</c>.</summary>
    public string Field { get; } = field;
}
