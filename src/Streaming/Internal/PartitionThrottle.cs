using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>
/// One producer's part of the embedded broker's back-pressure on one partition. It may send while (a) the partition's end as it last saw it, less the safe position,
/// and its own unacknowledged records are within the mark and (b) the unacknowledged ones within its share. It sees the end by asking, and in each of its own
/// acknowledgements: when that record was appended, the end was just behind it. Whatever it sent that was not in the log then is still unacknowledged. So beyond what the
/// producer with the latest view allowed itself, the others add at most their shares: the partition never holds more than <see cref="LogWriter.Mark"/> + 1 +
/// <see cref="LogWriter.Outstanding"/> unread records, which is below the 5 MiB that the broker keeps.
/// </summary>
/// <param name="topic">The topic, for messages.</param>
/// <param name="partition">The partition.</param>
/// <param name="share">Unacknowledged records that this producer may have here.</param>
/// <param name="end">Asks the broker for the partition's end.</param>
/// <param name="safe">Asks how far its readers are.</param>
/// <param name="brokerPatience">How long the broker may owe an answer before a caller with limited patience is told so.</param>
/// <param name="time">The clock.</param>
internal sealed class PartitionThrottle(
    string topic, int partition, int share, Func<CancellationToken, Task<long>> end, Func<CancellationToken, ValueTask<long>> safe, TimeSpan brokerPatience, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LookAgainAtLatest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Waiters are served in their order, and a turn lasts until the record is with the client library: records keep their order.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly BrokerSilence _silence = new(time);

    // of each unacknowledged record the end that was seen when it was sent, oldest first: in that log it stands there or behind
    private readonly Queue<long> _outstanding = new();
    private long? _end;
    private long _safe;
    private TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until one record may be sent; the caller sends it before it disposes the turn, and says afterwards that it is <see cref="Acknowledged"/> or <see cref="Failed"/>.</summary>
    /// <param name="patience">How long readers may keep it waiting. A broker that is away does not use it up: it has a patience of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<IDisposable> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        // nobody waits, and there is room
        if (_turn.Wait(0, CancellationToken.None))
        {
            if (TryTake(out _))
            {
                return new(new Turn(_turn));
            }

            _turn.Release();
        }

        return new(WaitForTurnAsync(patience, cancellationToken));
    }

    private async Task<IDisposable> WaitForTurnAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var entered = new CancellationTokenSource();
        var silent = patience == Timeout.InfiniteTimeSpan ? Task.FromResult(false) : LosePatienceAsync(patience, impatience, entered.Token);
        try
        {
            await _turn.WaitAsync(impatience.Token);
            try
            {
                await TakeAsync(impatience.Token);
                return new Turn(_turn);
            }
            catch
            {
                _turn.Release();
                throw;
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw await silent
                ? new RefluxException(ErrorCodes.BrokerUnavailable, $"The broker did not answer in time about '{topic}' partition {partition}.", "Try again; if this lasts, check that the broker runs.", exception)
                : new BackPressureException(topic, partition, RetryAfter);
        }
        finally
        {
            await entered.CancelAsync();
            await ((Task)silent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// A record that was sent stands in the log at this offset; one below 0 says no more than that it is there. Before the end that was seen when it was sent there is no place for it: another log
    /// has taken that one's place, and its end is to be asked for.
    /// </summary>
    public void Acknowledged(long offset) => Release((seen, atSending) => offset >= atSending ? Math.Max(seen ?? 0, offset + 1) : null);

    /// <summary>A record that was sent is given up: it may stand in the log or not, so the end is to be asked for.</summary>
    public void Failed() => Release((_, _) => null);

    /// <summary>Returns once there is no patience left: true where it was the broker that kept silent, and not readers that are behind.</summary>
    private async Task<bool> LosePatienceAsync(TimeSpan patience, CancellationTokenSource impatience, CancellationToken entered)
    {
        var began = time.GetTimestamp();
        var before = _silence.Total;
        while (true)
        {
            var waited = time.GetElapsedTime(began);
            var silence = _silence.Current;
            var leftForReaders = patience - (waited - (_silence.Total - before));
            if (leftForReaders <= TimeSpan.Zero || (silence < waited ? silence : waited) >= brokerPatience)
            {
                await impatience.CancelAsync();
                return silence > TimeSpan.Zero;
            }

            await Task.Delay(silence > TimeSpan.Zero ? BrokerSilence.Noticed : leftForReaders, time, entered);
        }
    }

    private void Release(Func<long?, long, long?> view)
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            _end = view(_end, _outstanding.Dequeue());
            signal = _acknowledged;
            _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.SetResult();
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        var wait = LookAgain;
        while (!TryTake(out var acknowledged))
        {
            if (acknowledged is not null)
            {
                await _silence.OwedAsync(acknowledged.WaitAsync(cancellationToken));
                continue;
            }

            var look = LookAsync(cancellationToken);
            await _silence.OwedAsync(look);
            if (!await look)
            {
                await Task.Delay(wait, time, cancellationToken);
                wait = TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, LookAgainAtLatest.Ticks));
            }
        }
    }

    /// <summary>Takes a place, or says what to wait for: an acknowledgement, or (null) a look.</summary>
    private bool TryTake(out Task? acknowledged)
    {
        lock (_lock)
        {
            acknowledged = _outstanding.Count >= share ? _acknowledged.Task : null;
            if (acknowledged is not null || !WithinMark)
            {
                return false;
            }

            _outstanding.Enqueue(_end!.Value);
            return true;
        }
    }

    private bool WithinMark => _end is { } seen && Math.Max(0, seen - _safe) + _outstanding.Count <= LogWriter.Mark;

    /// <summary>Asks how far readers are; where that is not enough, also where the log ends, since a broker that began anew has another end.</summary>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        // The safe position first: it only grows, so an older one errs on the safe side.
        var safeOffset = await safe(cancellationToken);
        lock (_lock)
        {
            // where nobody needs a record yet, somebody may after the next ones
            _safe = Math.Min(safeOffset, _end ?? safeOffset);
            if (WithinMark)
            {
                return true;
            }

            _end = null;
        }

        var seen = await end(cancellationToken);
        lock (_lock)
        {
            // what was acknowledged meanwhile may stand behind it
            var known = Math.Max(seen, _end ?? 0);
            (_end, _safe) = (known, Math.Min(safeOffset, known));
            return WithinMark;
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
