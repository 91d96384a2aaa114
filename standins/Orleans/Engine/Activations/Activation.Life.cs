using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>How an activation begins and ends. All of it runs on its scheduler.</summary>
internal sealed partial class Activation
{
    private async Task ActivateAsync()
    {
        using var limit = _silo.Deadline(_silo.Collection.ActivationTimeout);
        try
        {
            s_underConstruction = this;
            try
            {
                GrainInstance = _class.Construct(this);
            }
            finally
            {
                s_underConstruction = null;
            }

            await _lifecycle.StartAsync(limit.Token);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(limit.Token).WaitAsync(limit.Token);
            }
        }
        catch (Exception failure)
        {
            LogActivationFailed(_silo.Log, GrainId, failure);
            await EndAsync(failure);
            return;
        }

        lock (_gate)
        {
            if (_phase == Phase.Activating)
            {
                _phase = Phase.Active;
            }
        }

        Pump();
    }

    private async Task DeactivateAsync(DeactivationReason reason)
    {
        DisposeTimers();
        using var limit = _silo.Deadline(_silo.Collection.DeactivationTimeout);
        if (GrainInstance is IGrainBase grain)
        {
            await TryAsync(() => grain.OnDeactivateAsync(reason, limit.Token).WaitAsync(limit.Token));
        }

        await TryAsync(() => _lifecycle.StopAsync(limit.Token).WaitAsync(limit.Token));
        await EndAsync(null);
    }

    /// <summary>Leaves the catalog; waiting items are refused with the failure, or move on without one.</summary>
    private async Task EndAsync(Exception? failure)
    {
        IReadOnlyList<WorkItem> waiting;
        lock (_gate)
        {
            _phase = Phase.Ended;
            waiting = _queue.DrainWaiting();
        }

        DisposeTimers();
        _silo.Catalog.Remove(this);
        await TryAsync(DisposeGrainAsync);
        _deactivated.TrySetResult();
        var refusal = failure ?? _silo.Refusal(fromActivation: false);
        foreach (var item in waiting.Where(item => !item.BoundToActivation && !item.Obsolete))
        {
            if (refusal is null)
            {
                _silo.Catalog.Deliver(GrainId, item);
            }
            else
            {
                item.Reject(refusal);
            }
        }
    }

    private async Task DisposeGrainAsync()
    {
        if (GrainInstance is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (GrainInstance as IDisposable)?.Dispose();
        }

        if (_scope is IAsyncDisposable scope)
        {
            await scope.DisposeAsync();
        }
        else
        {
            _scope.Dispose();
        }
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            LogDeactivationFailed(_silo.Log, GrainId, failure);
        }
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error, "Grain {grain} failed to activate.")]
    private static partial void LogActivationFailed(ILogger log, GrainId grain, Exception failure);

    [LoggerMessage(LogLevel.Warning, "Grain {grain} raised an error while it deactivated, which goes on.")]
    private static partial void LogDeactivationFailed(ILogger log, GrainId grain, Exception failure);
}
