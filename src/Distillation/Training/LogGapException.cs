using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;

namespace Reflux.Distillation.Training;

/// <summary>A student's log does not go on where the student stands, but further on: going on there leaves out what is missing, which only its owner may accept.</summary>
/// <param name="passage">From where to where.</param>
/// <param name="student">The student's name.</param>
/// <param name="refusal">What the log said.</param>
internal sealed class LogGapException(LogPassage passage, string student, RefluxException refusal) : RefluxException(
    refusal.Code,
    $"{refusal.Message} The next records that there are begin at {passage.Entered}.",
    $"{refusal.Remedy} Or go on there without what may be missing: `reflux student resume {student} --accept-gap`.",
    refusal)
{
    /// <summary>Where the student stands.</summary>
    public Position At { get; } = passage.Left;

    /// <summary>True for refusals that missing records or another log are the reason of.</summary>
    public static bool MayBe(RefluxException refusal) => refusal.Code is ErrorCodes.PositionForeignLog or ErrorCodes.PositionOutOfRange or ErrorCodes.LogGap;
}
