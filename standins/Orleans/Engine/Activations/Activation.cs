using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>
/// One activation of a grain. Everything of the grain runs as turns of its scheduler; what may run beside what is decided by
/// <see cref="TurnQueue"/>. It activates, serves, and ends when its running items are done; what still waits then moves to the next activation.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    [ThreadStatic]
    private static Activation? s_underConstruction;

    private readonly Silo _silo;
    private readonly GrainClass _class;
    private readonly ActivationScheduler _scheduler;
    private readonly StagedLifecycle _lifecycle = new();
    private readonly IServiceScope _scope;
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly TurnQueue _queue;
    private readonly HashSet<GrainTimer> _timers = [];
    private Phase _phase = Phase.Activating;
    private DeactivationReason? _ending;
    private DateTimeOffset _lastUse;
    private DateTimeOffset _keptAliveUntil;

    public Activation(Silo silo, GrainId grainId, GrainClass grainClass)
    {
        _silo = silo;
        _class = grainClass;
        _scheduler = new ActivationScheduler(silo.Dispatcher);
        _scope = silo.Services.CreateScope();
        _queue = new TurnQueue(grainClass.Reentrant);
        _lastUse = silo.Clock.GetUtcNow();
        GrainId = grainId;
    }

    private enum Phase
    {
        Activating,
        Active,
        Deactivating,
        Ended,
    }

    /// <summary>The activation whose grain object this thread is constructing.</summary>
    public static IGrainContext? UnderConstruction => s_underConstruction;

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public GrainReference GrainReference => GrainReference.Untyped(_silo.Caller, GrainId);

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _deactivated.Task;

    public void Start() => Post(() => _ = ActivateAsync());

    public void Post(Action turn) => _scheduler.Post(turn);

    /// <summary>Takes an item, unless the activation has ended.</summary>
    public bool TryReceive(WorkItem item)
    {
        lock (_gate)
        {
            if (_phase == Phase.Ended)
            {
                return false;
            }

            _queue.Enqueue(item);
        }

        Post(Pump);
        return true;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_phase is Phase.Deactivating or Phase.Ended)
            {
                return;
            }

            _ending ??= deactivationReason;
        }

        Post(Pump);
    }

    /// <summary>Ends it if it did nothing for its class's age limit.</summary>
    public void DeactivateIfIdle(DateTimeOffset now)
    {
        lock (_gate)
        {
            var limit = _class.AgeLimit(_silo.Collection);
            var idle = _phase == Phase.Active && _queue.IsEmpty && limit != Timeout.InfiniteTimeSpan
                && now - _lastUse >= limit && now >= _keptAliveUntil;
            if (!idle)
            {
                return;
            }
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Idle for longer than its age limit."));
    }

    public void DelayDeactivation(TimeSpan time)
    {
        var now = _silo.Clock.GetUtcNow();
        lock (_gate)
        {
            _keptAliveUntil = time == TimeSpan.MaxValue || time == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue
                : time <= TimeSpan.Zero ? DateTimeOffset.MinValue
                : now + time;
        }
    }

    public GrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options, _silo.Clock, _silo.Log);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    /// <summary>Looks at an error that escaped a call: stale state of its own ends the activation, so that the next one reads it anew.</summary>
    public void Observe(Exception failure)
    {
        if (failure is InconsistentStateException { IsSourceActivation: true } stale)
        {
            stale.IsSourceActivation = false;
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, stale, "Its stored state was changed by another writer."));
        }
    }

    /// <summary>Ends it at once without asking the grain.</summary>
    public void Abandon(Exception reason)
    {
        IReadOnlyList<WorkItem> refused;
        lock (_gate)
        {
            _phase = Phase.Ended;
            refused = [.. _queue.DrainWaiting(), .. _queue.Running];
        }

        DisposeTimers();
        foreach (var item in refused)
        {
            item.Reject(reason);
        }

        _deactivated.TrySetResult();
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => ActivationId.GetHashCode();

    public override string ToString() => $"[Activation: {GrainId}{ActivationId}]";

    /// <summary>Starts every item that may run now. Runs on the scheduler.</summary>
    private void Pump()
    {
        while (TakeNext() is { } item)
        {
            var running = item.Obsolete ? Task.CompletedTask : item.RunAsync(this);
            if (running.IsCompleted)
            {
                Finish(item);
            }
            else
            {
                _ = FinishLaterAsync(item, running);
            }
        }

        if (BeginEnding() is { } reason)
        {
            _ = DeactivateAsync(reason);
        }
    }

    private WorkItem? TakeNext()
    {
        lock (_gate)
        {
            return _phase == Phase.Active && _ending is null ? _queue.TakeRunnable() : null;
        }
    }

    private async Task FinishLaterAsync(WorkItem item, Task running)
    {
        await running;
        Finish(item);
        Pump();
    }

    private void Finish(WorkItem item)
    {
        lock (_gate)
        {
            _queue.Finish(item);
            if (item.CountsAsUse)
            {
                _lastUse = _silo.Clock.GetUtcNow();
            }
        }
    }

    private DeactivationReason? BeginEnding()
    {
        lock (_gate)
        {
            if (_phase != Phase.Active || _ending is null || _queue.Running.Count > 0)
            {
                return null;
            }

            _phase = Phase.Deactivating;
            return _ending;
        }
    }
}
