using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Starts observers stage by stage, and stops the started stages in reverse.</summary>
internal sealed class StagedLifecycle : ISiloLifecycle, IGrainLifecycle
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private bool _started;

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, stage, observer);
        lock (_gate)
        {
            if (_started)
            {
                throw new InvalidOperationException($"{observerName} subscribes to a lifecycle that has started.");
            }

            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in Stages(starting: true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            HighestCompletedStage = stage.Key;
            await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStart(cancellationToken)));
        }
    }

    /// <summary>Stops everything that started; the first failure is thrown once all stages were tried.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var stage in Stages(starting: false).Reverse())
        {
            try
            {
                await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStop(cancellationToken)));
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }

            LowestStoppedStage = stage.Key;
        }

        if (failures.Count > 0)
        {
            throw failures.Count == 1 ? failures[0] : new AggregateException(failures);
        }
    }

    private IGrouping<int, Subscription>[] Stages(bool starting)
    {
        lock (_gate)
        {
            _started |= starting;
            return
            [
                .. _subscriptions
                    .Where(subscription => starting || (_started && subscription.Stage <= HighestCompletedStage))
                    .GroupBy(subscription => subscription.Stage)
                    .OrderBy(stage => stage.Key),
            ];
        }
    }

    private sealed record Subscription(StagedLifecycle Owner, int Stage, ILifecycleObserver Observer) : IDisposable
    {
        public void Dispose()
        {
            lock (Owner._gate)
            {
                Owner._subscriptions.Remove(this);
            }
        }
    }
}
