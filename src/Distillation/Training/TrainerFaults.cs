using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>Which failures pass by themselves, and which never do.</summary>
internal static class TrainerFaults
{
    /// <summary>True for a disk, broker or host that may answer later; false where trying again can't help.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        IOException or UnauthorizedAccessException or TimeoutException => true,
        RefluxException refusal => refusal.Code is ErrorCodes.BrokerUnavailable or ErrorCodes.BackPressure or ErrorCodes.Timeout,
        _ => false,
    };

    /// <summary>True where the log can't go on from the checkpoint or leads nowhere, or the spec can't train on it: another trainer would fail alike.</summary>
    public static bool NeedsAttention(Exception failure) => failure is RefluxException
    {
        Code: ErrorCodes.PositionForeignLog or ErrorCodes.PositionOutOfRange or ErrorCodes.LogGap or ErrorCodes.ArchiveDamaged or ErrorCodes.LogRewritten or ErrorCodes.NonFinite
            or ErrorCodes.InvalidRequest,
    };
}
