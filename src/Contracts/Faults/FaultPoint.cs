using System.Diagnostics;

namespace Reflux.Contracts.Faults;

/// <summary>
/// A named place just before or after a write, send, commit, fsync or rename, where a build with <c>-p:FaultPoints=true</c> can be told to fail (docs/fault-points.md). In every other
/// build the calls are not compiled, so that neither they nor the names are in the product.
/// </summary>
public static class FaultPoint
{
    /// <summary>What a process reads its plan from.</summary>
    public const string Variable = "REFLUX_FAULTS";

    /// <summary>The plan by which checkpoints find the disk full for as long as there is a file of that name; null in builds without fault points.</summary>
    public static string? FullDiskWhile(string file) =>
#if FAULT_POINTS
        $"checkpoint.fsync@{file}=enospc";
#else
        null;
#endif

    /// <summary>Says that the place is reached; what was planned for this time happens.</summary>
    /// <param name="name">What is about to be done, or has just been done.</param>
    [Conditional("FAULT_POINTS")]
    public static void Reach(string name)
    {
#if FAULT_POINTS
        FaultPlan.Current.Reach(name);
#endif
    }
}
