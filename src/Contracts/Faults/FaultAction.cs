namespace Reflux.Contracts.Faults;

/// <summary>What happens at a fault point.</summary>
public enum FaultAction
{
    /// <summary>The process kills itself with SIGKILL: nothing gets to tidy up.</summary>
    Kill,

    /// <summary>The disk is full: an <see cref="IOException"/> as the system words it.</summary>
    Enospc,

    /// <summary>The broker is away: the typed error of that.</summary>
    Unavailable,

    /// <summary>The caller stands still for a second.</summary>
    Pause,
}
