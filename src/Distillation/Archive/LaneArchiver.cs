using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Archive;

/// <summary>
/// Tails one lane's label log into its archive. A position is published only once everything before it is in a sealed segment: the broker may let go of that. What a
/// crash left unsealed is read again.
/// </summary>
/// <param name="context">What it is given.</param>
/// <param name="logger">Never sees prompt text.</param>
public sealed partial class LaneArchiver(LaneArchiverContext context, ILogger<LaneArchiver> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // of a log that nothing is appended to
    private static readonly TimeSpan RetainEvery = TimeSpan.FromMinutes(10);

    /// <summary>Archives until cancelled; returns when what was read is sealed. A failure is logged and tried again; only what the broker itself has lost is passed over, loudly.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ArchiveAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(context.Lane.Name, failure);
                await Task.Delay(RetryAfter, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ArchiveAsync(CancellationToken stop)
    {
        var log = await context.CurrentLog(context.Partition, stop);
        await using var writer = await LogArchiveWriter.TryOpenAsync(context.Store.Of(log), context.Lane, context.Options, context.Time, stop);
        if (writer is null)
        {
            LogBusy(context.Lane.Name, log);
            await Task.Delay(RetryAfter, context.Time, stop);
            return;
        }

        Position? next = writer.Next is { } end ? new Position(log, end) : null;
        if (next is { } archived)
        {
            await context.Publish(archived, stop);
        }

        var (reader, afterLoss) = await OpenAsync(next, stop);
        await using var _ = reader;
        LogBegun(context.Lane.Name, log, next?.Offset);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(log, reader, writer, leaving);
        try
        {
            await FollowAsync(reader, writer, afterLoss, leaving.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or RefluxException)
        {
            if (writer.UnsealedRecords > 0)
            {
                // where another log has taken its place, nobody can read them again
                await writer.SealAsync();
            }

            if (stop.IsCancellationRequested || !leaving.IsCancellationRequested)
            {
                throw;
            }

            LogReplaced(context.Lane.Name, log);
        }
        finally
        {
            await leaving.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Records the log's end once a second, until cancelled, or until another log has taken its place, which ends the archiving of this one.</summary>
    private async Task WatchAsync(LogId log, ILabelLog reader, LogArchiveWriter writer, CancellationTokenSource leaving)
    {
        using var timer = new PeriodicTimer(LookEvery, context.Time);
        do
        {
            try
            {
                var end = await reader.EndAsync(leaving.Token);

                // asked after the end: one of another log is never recorded as this one's
                if (await context.CurrentLog(context.Partition, leaving.Token) != log)
                {
                    await leaving.CancelAsync();
                    return;
                }

                await writer.RecordEndAsync(end, leaving.Token);
            }
            catch (Exception away) when (away is not OperationCanceledException)
            {
                // the reader itself notices what matters
                LogNoEnd(context.Lane.Name, away);
            }
        }
        while (await timer.WaitForNextTickAsync(leaving.Token));
    }

    /// <summary>The broker's log from where the archive ends, or from its own start where it no longer has that.</summary>
    private async Task<(ILabelLog Reader, bool AfterLoss)> OpenAsync(Position? next, CancellationToken stop)
    {
        try
        {
            return (await context.Labels.OpenAsync(context.Partition, next, stop), false);
        }
        catch (RefluxException gone) when (next is not null && gone.Code == ErrorCodes.PositionOutOfRange)
        {
            return (await context.Labels.OpenAsync(context.Partition, from: null, stop), true);
        }
    }

    private async Task FollowAsync(ILabelLog reader, LogArchiveWriter writer, bool afterLoss, CancellationToken stop)
    {
        var began = 0L;
        var reading = reader.ReadAsync(stop).AsTask();
        while (true)
        {
            if (writer.UnsealedRecords > 0 && (IsFull(writer) || !await ArrivesAsync(reading, began, stop)))
            {
                await context.Publish(await writer.SealAsync(), stop);
                continue;
            }

            if (!await ComesWithinAsync(reading, RetainEvery, stop))
            {
                await writer.RetainAsync(stop);
                continue;
            }

            var record = await reading;
            if (writer.Next is { } expected && record.Position.Offset != expected)
            {
                if (!afterLoss || record.Position.Offset < expected || writer.UnsealedRecords > 0)
                {
                    throw LabelLogGap.Between(record.Position.Log, expected, record.Position.Offset);
                }

                // waiting for records that nobody has would hold back producers for good; readers still refuse to pass here
                LogHole(context.Lane.Name, record.Position.Log, expected, record.Position.Offset - 1);
                writer.PassTo(record.Position.Offset);
            }

            began = writer.UnsealedRecords == 0 ? context.Time.GetTimestamp() : began;
            await writer.AppendAsync(record.Position, record.Value);
            reading = reader.ReadAsync(stop).AsTask();
        }
    }

    private bool IsFull(LogArchiveWriter writer) =>
        writer.UnsealedBytes >= Math.Min(context.Options.SegmentBytes, context.MostUnsealedBytes) || writer.UnsealedRecords >= context.MostUnsealedRecords;

    /// <summary>Whether the next record comes before the open segment is too old.</summary>
    private async Task<bool> ArrivesAsync(Task reading, long began, CancellationToken stop)
    {
        var left = TimeSpan.FromSeconds(context.Options.SegmentSeconds) - context.Time.GetElapsedTime(began);
        return left > TimeSpan.Zero && await ComesWithinAsync(reading, left, stop);
    }

    private async Task<bool> ComesWithinAsync(Task reading, TimeSpan longest, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(reading, Task.Delay(longest, context.Time, patience.Token));
        await patience.CancelAsync();
        stop.ThrowIfCancellationRequested();
        return reading.IsCompleted;
    }

    [LoggerMessage(LogLevel.Information, "lane {Lane}: archiving log {Log} from offset {Next}")]
    private partial void LogBegun(string lane, LogId log, long? next);

    [LoggerMessage(LogLevel.Debug, "lane {Lane}: another process archives log {Log}")]
    private partial void LogBusy(string lane, LogId log);

    [LoggerMessage(LogLevel.Warning, "lane {Lane}: another log has taken the place of log {Log}; what was read of it is sealed")]
    private partial void LogReplaced(string lane, LogId log);

    [LoggerMessage(LogLevel.Warning, "lane {Lane}: the log's end can't be recorded for now")]
    private partial void LogNoEnd(string lane, Exception away);

    [LoggerMessage(LogLevel.Error, "lane {Lane}: the broker lost offsets {First} to {Last} of log {Log} before they were archived: the archive has a hole there")]
    private partial void LogHole(string lane, LogId log, long first, long last);

    [LoggerMessage(LogLevel.Error, "lane {Lane}: archiving failed; trying again in a few seconds, nothing is passed over")]
    private partial void LogFailed(string lane, Exception failure);
}
