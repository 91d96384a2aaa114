using Microsoft.Extensions.Logging;

namespace Reflux.Distillation.Archive;

/// <summary>
/// Retention of the logs that no archiver tails any more: those of deleted lanes, and earlier logs of lanes whose topic was created anew. A lane's logs share its bytes, the newest first.
/// </summary>
/// <param name="store">The archives.</param>
/// <param name="options">What is kept.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="logger">Says what fails.</param>
public sealed partial class ArchiveRetention(ArchiveStore store, ArchiveOptions options, TimeProvider time, ILogger<ArchiveRetention> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (options is { RetainBytes: 0, RetainDays: 0 })
        {
            return;
        }

        using var timer = new PeriodicTimer(Every, time);
        try
        {
            // not at once: the archivers that are starting want the locks of the logs that they tail
            while (await timer.WaitForNextTickAsync(stop))
            {
                await SweepAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the host is stopping
        }
    }

    /// <summary>Looks at every log once; what fails is logged, and left for the next time.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var left = new Dictionary<Guid, long>();
        foreach (var archive in await NewestFirstAsync(cancellationToken))
        {
            try
            {
                var lane = archive.Content.Lane!;
                var budget = left.GetValueOrDefault(lane.Id, options.RetainBytes);
                var bytes = await RetainAsync(archive, lane, budget, cancellationToken) ?? archive.Content.Bytes;
                left[lane.Id] = Math.Max(1, budget - bytes);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(archive.Directory, failure);
            }
        }
    }

    /// <summary>Bytes that are kept; null where an archiver has the log and sees to it itself.</summary>
    private async Task<long?> RetainAsync(LogArchive archive, ArchivedLane lane, long budget, CancellationToken cancellationToken)
    {
        var kept = new ArchiveOptions { RetainBytes = options.RetainBytes == 0 ? 0 : budget, RetainDays = options.RetainDays };
        await using var writer = await LogArchiveWriter.TryOpenAsync(archive, lane, kept, time, cancellationToken);
        return writer is null ? null : archive.Content.Bytes;
    }

    private async Task<IReadOnlyList<LogArchive>> NewestFirstAsync(CancellationToken cancellationToken)
    {
        var logs = new List<LogArchive>();
        foreach (var archive in store.Logs())
        {
            try
            {
                if (await archive.RefreshAsync(cancellationToken) is { Lane: not null, Segments.Count: > 0 })
                {
                    logs.Add(archive);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(archive.Directory, failure);
            }
        }

        return [.. logs.OrderByDescending(log => log.Content.Segments[^1].SealedAt)];
    }

    [LoggerMessage(LogLevel.Error, "retention failed at {Directory}; trying again later")]
    private partial void LogFailed(string directory, Exception failure);
}
