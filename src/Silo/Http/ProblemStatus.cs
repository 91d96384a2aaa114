using Microsoft.AspNetCore.Http;
using Reflux.Contracts.Errors;

namespace Reflux.Silo.Http;

/// <summary>Which HTTP status each kind of error has.</summary>
internal static class ProblemStatus
{
    /// <summary>The status of a code; 500 for one that is not an answer to a request.</summary>
    public static int Of(string code) => code switch
    {
        ErrorCodes.LaneNotFound or ErrorCodes.TeacherNotFound or ErrorCodes.StudentNotFound or ErrorCodes.SnapshotNotFound or ErrorCodes.JobNotFound
            or ErrorCodes.NotFound or ErrorCodes.DeadLetterNotFound or ErrorCodes.UnknownApiVersion => StatusCodes.Status404NotFound,
        ErrorCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorCodes.NameTaken or ErrorCodes.LaneInUse or ErrorCodes.NoFreePartition or ErrorCodes.StaleEpoch
            or ErrorCodes.StudentNotRunning or ErrorCodes.PositionForeignLog or ErrorCodes.PositionOutOfRange or ErrorCodes.LogGap or ErrorCodes.NoGap or ErrorCodes.LogRewritten
            or ErrorCodes.DeadLetterFinal => StatusCodes.Status409Conflict,
        ErrorCodes.MalformedJson or ErrorCodes.InvalidEncoding or ErrorCodes.InvalidRequest or ErrorCodes.InvalidName
            or ErrorCodes.EmptyBatch => StatusCodes.Status400BadRequest,
        ErrorCodes.ForeignHost or ErrorCodes.ForeignOrigin => StatusCodes.Status403Forbidden,
        ErrorCodes.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        ErrorCodes.PromptTooLong or ErrorCodes.ModelInvalid or ErrorCodes.ModelUnsupported
            or ErrorCodes.OptionOutOfRange or ErrorCodes.RecordTooLarge => StatusCodes.Status422UnprocessableEntity,
        ErrorCodes.BackPressure => StatusCodes.Status429TooManyRequests,
        ErrorCodes.NotSupportedHere => StatusCodes.Status501NotImplemented,
        ErrorCodes.BrokerUnavailable or ErrorCodes.DatabaseUnavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
