using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Sends a tick to its activation when it is due; the next one is due a period after the end of a tick.</summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _clock;
    private readonly Lock _gate = new();
    private readonly Tick _tick;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    public GrainTimer(
        Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, TimeProvider clock, ILogger log)
    {
        _activation = activation;
        _callback = callback;
        _log = log;
        _tick = new Tick(this, options.Interleave, options.KeepAlive);
        using (ExecutionContext.SuppressFlow())
        {
            _clock = clock.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        lock (_gate)
        {
            _dueTime = dueTime;
            _period = period;
            _changed = true;
            if (!_ticking)
            {
                _clock.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _clock.Dispose();
            _disposed.Cancel();
        }

        _activation.Forget(this);
    }

    private static void Validate(TimeSpan time, string name)
    {
        const long longest = uint.MaxValue - 1;
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, longest, name);
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _ticking = true;
        }

        _activation.TryReceive(_tick);
    }

    private async Task TickAsync()
    {
        _changed = false;
        try
        {
            await _callback(_disposed.Token);
        }
        catch (Exception failure)
        {
            LogCallbackFailed(_log, _activation.GrainId, failure);
        }

        lock (_gate)
        {
            _ticking = false;
            if (!_disposed.IsCancellationRequested)
            {
                _clock.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A timer of grain {grain} raised an error; it goes on ticking.")]
    private static partial void LogCallbackFailed(ILogger log, GrainId grain, Exception failure);

    private sealed class Tick(GrainTimer timer, bool interleave, bool keepAlive) : WorkItem
    {
        public override bool AlwaysInterleaves => interleave;

        public override bool CountsAsUse => keepAlive;

        public override bool BoundToActivation => true;

        public override bool Obsolete => timer._disposed.IsCancellationRequested;

        public override Task RunAsync(Activation activation) => timer.TickAsync();

        public override void Reject(Exception reason) => timer.Dispose();
    }
}
