using Reflux.Contracts.Errors;

namespace Reflux.Streaming.Internal;

/// <summary>
/// One producer's part of the embedded broker's back-pressure on one partition. It looks at the partition's end and its safe position, then may send
/// as many records as keep (a) end + its own unacknowledged ones within the mark and (b) unacknowledged ones + those sent since the look within its
/// share. So after the last look that any producer was granted something, the others add at most their shares: the partition never holds more than
/// <see cref="LogWriter.Mark"/> + 1 + <see cref="LogWriter.Outstanding"/> unread records, which is below the 5 MiB that the broker keeps.
/// </summary>
internal sealed class PartitionThrottle(
    string topic, int partition, int share, Func<CancellationToken, Task<long>> end, Func<CancellationToken, ValueTask<long>> safe, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Unresponsive = TimeSpan.FromMilliseconds(500);

    // Waiters are served in their order, and a turn lasts until the record is with the client library: records keep their order.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private int _outstanding;
    private int _allowance;
    private long? _brokerOwesSince;
    private TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until one record may be sent; the caller sends it before it disposes the turn, and calls <see cref="Acknowledged"/> when it is acknowledged or has failed.</summary>
    public async Task<IDisposable> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var impatience = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, cancellationToken);
        try
        {
            await _turn.WaitAsync(either.Token);
            try
            {
                await TakeAsync(either.Token);
                return new Turn(_turn);
            }
            catch
            {
                _turn.Release();
                throw;
            }
        }
        catch (OperationCanceledException exception) when (impatience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw BrokerIsAway
                ? new RefluxException(ErrorCodes.BrokerUnavailable, $"The broker did not answer in time about '{topic}' partition {partition}.", "Try again; if this lasts, check that the broker runs.", exception)
                : new BackPressureException(topic, partition, RetryAfter);
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

    private bool BrokerIsAway
    {
        get
        {
            lock (_lock)
            {
                return _brokerOwesSince is { } since && time.GetElapsedTime(since) > Unresponsive;
            }
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        while (!TryTake(out var acknowledged))
        {
            if (acknowledged is not null)
            {
                await OwedAsync(acknowledged.WaitAsync(cancellationToken));
            }
            else
            {
                var look = LookAsync(cancellationToken);
                await OwedAsync(look);
                if (!await look)
                {
                    await Task.Delay(LookAgain, time, cancellationToken);
                }
            }
        }
    }

    /// <summary>Awaits something that only the broker can complete. Cancellation leaves the mark standing for whoever asks why.</summary>
    private async Task OwedAsync(Task answer)
    {
        lock (_lock)
        {
            _brokerOwesSince ??= time.GetTimestamp();
        }

        await answer;
        lock (_lock)
        {
            _brokerOwesSince = null;
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
