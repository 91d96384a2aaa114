namespace Reflux.Distillation.Tests.Training;

/// <summary>A clock whose timers ring only when told to: nothing in a test happens because time has passed.</summary>
internal sealed class StillTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<StillTimer> _timers = [];
    private readonly SemaphoreSlim _delays = new(0);
    private readonly SemaphoreSlim _periods = new(0);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StillTimer(callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        (period == Timeout.InfiniteTimeSpan ? _delays : _periods).Release();
        return timer;
    }

    /// <summary>Waits until somebody has begun to wait for a span of time, once.</summary>
    public Task DelayBegunAsync() => _delays.WaitAsync();

    /// <summary>Waits until somebody has begun to do something from time to time.</summary>
    public Task PeriodBegunAsync() => _periods.WaitAsync();

    /// <summary>Forgets the waits begun so far, so that <see cref="DelayBegunAsync"/> means a later one.</summary>
    public void ForgetDelays()
    {
        while (_delays.Wait(0))
        {
        }
    }

    /// <summary>Rings every timer that is alive, once.</summary>
    public void Ring()
    {
        StillTimer[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Ring();
        }
    }

    private sealed class StillTimer(TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _disposed;

        public void Ring()
        {
            if (!_disposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
