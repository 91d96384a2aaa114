using Reflux.Contracts.Errors;
using Reflux.Distillation.Archive;

namespace Reflux.Silo.Offline;

/// <summary>What <c>reflux archive</c> runs.</summary>
public static class ArchiveHost
{
    /// <summary>What is archived in a silo's store.</summary>
    /// <param name="args">The flags of a silo; Silo:Data and Store:Directory count.</param>
    /// <param name="lane">Name or id of a lane; null for all.</param>
    /// <param name="verify">Also reads every byte.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>; <c>lane-not-found</c>: nothing of that lane is archived here.</exception>
    public static async Task<IReadOnlyList<ArchivedLog>> InspectAsync(string[] args, string? lane, bool verify, CancellationToken cancellationToken)
    {
        var logs = await new ArchiveInspector(OfflineSettings.Read(args).Archive).InspectAsync(lane, verify, cancellationToken);
        return lane is null || logs.Count > 0
            ? logs
            : throw new RefluxException(ErrorCodes.LaneNotFound, $"nothing of a lane '{lane}' is archived here", "List all with `reflux archive list`; name the silo's data directory with --data.");
    }
}
