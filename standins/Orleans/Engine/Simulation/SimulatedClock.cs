namespace Orleans.Engine.Simulation;

/// <summary>The world's time, with timers that live in a process.</summary>
internal sealed class SimulatedClock(Simulator simulator, SimulatedProcess process) : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => simulator.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => Beginning + simulator.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(simulator, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(Simulator simulator, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _setting;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
            {
                return false;
            }

            (_period, _setting) = (period, _setting + 1);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                FireAfter(dueTime);
            }

            return true;
        }

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void FireAfter(TimeSpan delay)
        {
            var setting = _setting;
            simulator.After(delay, () => Fire(setting), process);
        }

        private void Fire(int setting)
        {
            if (_disposed || setting != _setting)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                FireAfter(_period);
            }

            callback(state);
        }
    }
}
