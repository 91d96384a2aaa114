using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>One grain call on its way, and the response that its caller waits for.</summary>
internal sealed class GrainCall(
    GrainCaller caller, Silo silo, GrainId target, InterfaceMethod method, object?[] arguments, MessagingOptions options) : WorkItem
{
    // Continuations run as the caller's own turns, never inside this one.
    private readonly TaskCompletionSource<object?> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource? _cancellation = method.TakesCancellation ? new() : null;
    private Activation? _runsOn;
    private bool _cancelled;
    private ITimer? _timeout;
    private CancellationTokenRegistration _callerCancels;

    public Task<object?> Response => _response.Task;

    public override bool AlwaysInterleaves => method.AlwaysInterleaves;

    public override bool ReadOnly => method.ReadOnly;

    public override bool Obsolete => options.DropExpiredMessages && _response.Task.IsCompleted;

    /// <summary>Starts the response timeout and follows the caller's cancellation.</summary>
    public void Await(TimeSpan timeout, TimeProvider clock, CancellationToken cancellation)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _timeout = clock.CreateTimer(_ => TimeOut(timeout), null, timeout, Timeout.InfiniteTimeSpan);
        }

        if (cancellation.CanBeCanceled)
        {
            _callerCancels = cancellation.UnsafeRegister(_ => CancelByCaller(cancellation), null);
        }
    }

    public override async Task RunAsync(Activation activation)
    {
        if (!Begin(activation))
        {
            _response.TrySetCanceled();
            return;
        }

        try
        {
            if (_cancellation is not null)
            {
                method.SetCancellation(arguments, _cancellation.Token);
            }

            var result = await method.InvokeAsync(activation.GrainInstance!, arguments);
            Complete(method.ResultIsImmutable ? result : silo.Copier.Copy(result, caller));
        }
        catch (Exception failure)
        {
            activation.Observe(failure);
            Fail(failure);
        }
    }

    public override void Reject(Exception reason) => Fail(reason);

    public override string ToString() => $"{method} on {target}";

    private bool Begin(Activation activation)
    {
        lock (_gate)
        {
            _runsOn = activation;
            return !_cancelled;
        }
    }

    private void Complete(object? result)
    {
        caller.Network.Return(silo, this, () =>
        {
            Settle();
            _response.TrySetResult(result);
        });
    }

    private void Fail(Exception failure)
    {
        var transportable = silo.Copier.Transportable(failure);
        caller.Network.Return(silo, this, () => Refuse(transportable));
    }

    /// <summary>Fails the call where its caller is, whatever its callee may still do.</summary>
    public void Refuse(Exception failure)
    {
        Settle();
        _response.TrySetException(failure);

        // A failure that nobody awaits any more was already answered by a timeout; it is no unobserved exception.
        _ = _response.Task.Exception;
    }

    private void Settle()
    {
        _timeout?.Dispose();
        _callerCancels.Unregister();
    }

    private void TimeOut(TimeSpan timeout)
    {
        var given = _response.TrySetException(new TimeoutException(
            $"Response did not arrive on time in {timeout} for message: {this}. The outcome is unknown: the call may still take effect."));
        if (given && options.CancelRequestOnTimeout)
        {
            SignalCallee();
        }
    }

    private void CancelByCaller(CancellationToken cancellation)
    {
        if (!options.WaitForCancellationAcknowledgement)
        {
            _timeout?.Dispose();
            _response.TrySetCanceled(cancellation);
        }

        SignalCallee();
    }

    /// <summary>Cancels the callee's token as a turn of its activation, where the callbacks of that token belong.</summary>
    private void SignalCallee()
    {
        if (_cancellation is null)
        {
            return;
        }

        Activation? activation;
        lock (_gate)
        {
            _cancelled = true;
            activation = _runsOn;
        }

        activation?.Post(_cancellation.Cancel);
    }
}
