using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>Which failures pass by themselves.</summary>
internal static class TrainerFaults
{
    /// <summary>True for a disk, broker or host that may answer later; false where trying again can't help.</summary>
    public static bool IsTransient(Exception failure) => failure switch
    {
        IOException or UnauthorizedAccessException or TimeoutException => true,
        RefluxException refusal => refusal.Code is ErrorCodes.BrokerUnavailable or ErrorCodes.BackPressure or ErrorCodes.Timeout,
        _ => false,
    };
}
