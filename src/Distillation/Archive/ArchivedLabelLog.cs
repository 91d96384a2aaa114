using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Archive;

/// <summary>
/// One label log over broker and archive: from the broker where it still has a record, otherwise from the archive, back and forth as often as it takes. Every offset comes
/// once, in order; one that neither has is an error.
/// </summary>
internal sealed class ArchivedLabelLog(ILabelLogFactory? broker, LogArchive archive, int partition, Position? from, bool archiveFirst) : ILabelLog
{
    private ILabelLog? _live;
    private SegmentReader? _segment;
    private bool _inArchive = archiveFirst;
    private long? _next = from?.Offset;

    /// <summary>Finds who has the first record.</summary>
    /// <exception cref="RefluxException">Nobody has it, or it is of another log than the broker's and not archived.</exception>
    /// <exception cref="IOException">It is of another log than the broker's, and that one's archiver has not finished: ask again.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_next is null && await archive.RefreshAsync(cancellationToken) is { First: { } first })
        {
            _next = first;
        }

        await FindAsync(cancellationToken);
    }

    public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryReadAsync(cancellationToken) is { } record)
            {
                if (_next is { } expected && record.Position != new Position(archive.Log, expected))
                {
                    throw LabelLogGap.Between(archive.Log, expected, record.Position.Offset);
                }

                _next = record.Position.Offset + 1;
                return record;
            }

            await FindAsync(cancellationToken);
        }
    }

    /// <summary>While the archive is read, its end: the broker may be away, or have another log.</summary>
    public ValueTask<long> EndAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _live)?.EndAsync(cancellationToken) ?? ValueTask.FromResult(archive.Content.End ?? 0);

    public async ValueTask DisposeAsync()
    {
        await LeaveBrokerAsync();
        await LeaveSegmentAsync();
    }

    /// <summary>The next record from where the last one came from; null where that has no more.</summary>
    private async Task<LabelLogRecord?> TryReadAsync(CancellationToken cancellationToken)
    {
        if (_segment is { } segment)
        {
            if (!segment.AtEnd)
            {
                return await ReadSegmentAsync(segment, cancellationToken);
            }

            await LeaveSegmentAsync();
            return null;
        }

        try
        {
            return await _live!.ReadAsync(cancellationToken);
        }
        catch (RefluxException gone) when (gone.Code is ErrorCodes.PositionOutOfRange or ErrorCodes.PositionForeignLog)
        {
            // the broker let go of records faster than they were read here, or has another log now
            await LeaveBrokerAsync();
            return null;
        }
    }

    private async Task<LabelLogRecord> ReadSegmentAsync(SegmentReader segment, CancellationToken cancellationToken)
    {
        try
        {
            return await segment.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            throw archive.Damaged(archive.Content.Find(segment.Next)?.File ?? "", damage);
        }
    }

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        // once in the archive, to its end: asking the broker before each segment would be a question a segment
        if (_inArchive && await TryOpenSegmentAsync(cancellationToken))
        {
            return;
        }

        Position? next = _next is { } offset ? new Position(archive.Log, offset) : null;
        RefluxException? refusal = null;
        if (broker is not null)
        {
            try
            {
                Volatile.Write(ref _live, await broker.OpenAsync(partition, next, cancellationToken));
                _inArchive = false;
                return;
            }
            catch (RefluxException gone) when (next is not null && gone.Code is ErrorCodes.PositionOutOfRange or ErrorCodes.PositionForeignLog)
            {
                refusal = gone;
            }
        }

        _inArchive = true;
        if (await TryOpenSegmentAsync(cancellationToken))
        {
            return;
        }

        if (refusal?.Code != ErrorCodes.PositionForeignLog)
        {
            throw LabelLogGap.At(next ?? new Position(archive.Log, 0), refusal);
        }

        // an archiver leaves a log that has gone within a second, and what it had read of it comes with the last segment
        if (archive.HasWriter)
        {
            throw new IOException($"the archiver of log {archive.Log}, which is gone, has not sealed its last records yet");
        }

        if (!await TryOpenSegmentAsync(cancellationToken))
        {
            throw refusal;
        }
    }

    private async Task<bool> TryOpenSegmentAsync(CancellationToken cancellationToken)
    {
        if (_next is not { } offset || (await archive.RefreshAsync(cancellationToken)).Find(offset) is not { } segment)
        {
            return false;
        }

        _segment = await archive.OpenAsync(segment, offset, cancellationToken);
        return true;
    }

    private async Task LeaveBrokerAsync()
    {
        if (Interlocked.Exchange(ref _live, null) is { } live)
        {
            await live.DisposeAsync();
        }
    }

    private async Task LeaveSegmentAsync()
    {
        if (_segment is { } segment)
        {
            _segment = null;
            await segment.DisposeAsync();
        }
    }
}
