using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>
/// One producer's part of the embedded broker's back-pressure on one partition. It looks at the partition's end and its safe position, then may send
/// as many records as keep (a) end + its own unacknowledged ones within the mark and (b) unacknowledged ones + those sent since the look within its
/// share. So after the last look that any producer was granted something, the others add at most their shares: the partition never holds more than
/// <see cref="LogWriter.Mark"/> + 1 + <see cref="LogWriter.Outstanding"/> unread records, which is below the 5 MiB that the broker keeps.
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
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Waiters are served in their order, and a turn lasts until the record is with the client library: records keep their order.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly BrokerSilence _silence = new(time);
    private int _outstanding;
    private int _allowance;
    private TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until one record may be sent; the caller sends it before it disposes the turn, and calls <see cref="Acknowledged"/> when it is acknowledged or has failed.</summary>
    /// <param name="patience">How long readers may keep it waiting. A broker that is away does not use it up: it has a patience of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IDisposable> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var entered = new CancellationTokenSource();
        var losing = patience == Timeout.InfiniteTimeSpan ? Task.CompletedTask : LosePatienceAsync(patience, impatience, entered.Token);
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
            throw _silence.Current > TimeSpan.Zero
                ? new RefluxException(ErrorCodes.BrokerUnavailable, $"The broker did not answer in time about '{topic}' partition {partition}.", "Try again; if this lasts, check that the broker runs.", exception)
                : new BackPressureException(topic, partition, RetryAfter);
        }
        finally
        {
            await entered.CancelAsync();
            await losing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A record that was sent is no longer outstanding.</summary>
    public void Acknowledged()
    {
        TaskCompletionSource signal;
        lock (_lock)
        {
            _outstanding--;
            signal = _acknowledged;
            _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.SetResult();
    }

    private async Task LosePatienceAsync(TimeSpan patience, CancellationTokenSource impatience, CancellationToken entered)
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
                return;
            }

            await Task.Delay(silence > TimeSpan.Zero ? BrokerSilence.Noticed : leftForReaders, time, entered);
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        while (!TryTake(out var acknowledged))
        {
            if (acknowledged is not null)
            {
                await _silence.OwedAsync(acknowledged.WaitAsync(cancellationToken));
            }
            else
            {
                var look = LookAsync(cancellationToken);
                await _silence.OwedAsync(look);
                if (!await look)
                {
                    await Task.Delay(LookAgain, time, cancellationToken);
                }
            }
        }
    }

    /// <summary>Takes a place, or says what to wait for: an acknowledgement, or (null) another look.</summary>
    private bool TryTake(out Task? acknowledged)
    {
        lock (_lock)
        {
            acknowledged = _outstanding >= share ? _acknowledged.Task : null;
            if (acknowledged is not null || _allowance == 0)
            {
                return false;
            }

            _allowance--;
            _outstanding++;
            return true;
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        int unacknowledged;
        lock (_lock)
        {
            unacknowledged = _outstanding;
        }

        // The safe position first: it only grows, so an older one errs on the safe side.
        var safeOffset = await safe(cancellationToken);
        var unread = Math.Max(0, await end(cancellationToken) - safeOffset) + unacknowledged;
        lock (_lock)
        {
            _allowance = (int)Math.Clamp(LogWriter.Mark + 1 - unread, 0, share - unacknowledged);
            return _allowance > 0;
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
