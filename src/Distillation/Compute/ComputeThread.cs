using System.Diagnostics;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using TorchSharp;

namespace Reflux.Distillation.Compute;

/// <summary>
/// The one thread that computes on a device. Teacher, trainer and evaluation each have a queue of work items; the thread takes one item
/// from the next non-empty queue in turn, so none can starve another (two threads calling the same BLAS at once lose more than they gain).
/// Its number of CPU threads is set before anything else, because the bits of a result depend on it.
/// </summary>
public sealed class ComputeThread : ICompute, IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly Queue<WorkItem>[] _queues = [.. Enum.GetValues<ComputeQueue>().Select(_ => new Queue<WorkItem>())];
    private readonly long[] _busyTicks = new long[Enum.GetValues<ComputeQueue>().Length];
    private readonly TaskCompletionSource<EnvironmentFingerprint> _environment = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private int _lastServed = -1;
    private bool _stopping;

    /// <summary>Starts the thread and waits until it has set its thread count.</summary>
    /// <exception cref="RefluxException">The options are out of range (option-out-of-range), or there is no such device (not-supported-here).</exception>
    public ComputeThread(ComputeOptions options)
    {
        options.Validate();
        Threads = options.Threads;
        Device = options.Device == "cpu" || (torch.cuda.is_available() && new torch.Device(options.Device).index < torch.cuda.device_count())
            ? torch.device(options.Device)
            : throw new RefluxException(ErrorCodes.NotSupportedHere, $"Compute:Device is '{options.Device}', and there is no such CUDA device here, or no libtorch that knows it.", "Set it to cpu, or run where there is one, on a libtorch with CUDA.");
        _thread = new Thread(Run) { IsBackground = true, Name = $"compute {options.Device}" };
        _thread.Start();
        Environment = _environment.Task.GetAwaiter().GetResult();
    }

    /// <summary>Where tensors live.</summary>
    public torch.Device Device { get; }

    /// <summary>CPU threads within one operation.</summary>
    public int Threads { get; }

    /// <summary>What the bits computed here depend on.</summary>
    public EnvironmentFingerprint Environment { get; }

    /// <summary>Time spent in work items of a queue so far.</summary>
    public TimeSpan Busy(ComputeQueue queue) => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _busyTicks[(int)queue]));

    /// <summary>
    /// Runs <paramref name="work"/> on the thread and returns its result, which must hold no tensor of a scope that the work closed.
    /// Exceptions of the work are the caller's.
    /// </summary>
    /// <param name="queue">Whose turn it takes.</param>
    /// <param name="work">A bounded piece of work, best below 100 ms; longer work is cut into several items.</param>
    /// <param name="cancellationToken">Drops the item as long as it has not begun.</param>
    /// <exception cref="ObjectDisposedException">The thread has stopped.</exception>
    public Task<T> RunAsync<T>(ComputeQueue queue, Func<T> work, CancellationToken cancellationToken)
    {
        var item = new WorkItem<T>(work, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _queues[(int)queue].Enqueue(item);
        }

        _available.Release();
        return item.Completion;
    }

    /// <summary>Runs <paramref name="work"/> on the thread.</summary>
    /// <exception cref="ObjectDisposedException">The thread has stopped.</exception>
    public Task RunAsync(ComputeQueue queue, Action work, CancellationToken cancellationToken) =>
        RunAsync(
            queue,
            () =>
            {
                work();
                return true;
            },
            cancellationToken);

    /// <summary>Lets the running item finish, drops the waiting ones and ends the thread.</summary>
    public void Dispose()
    {
        WorkItem[] dropped;
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            dropped = [.. _queues.SelectMany(queue => queue)];
            Array.ForEach(_queues, queue => queue.Clear());
        }

        foreach (var item in dropped)
        {
            item.Drop(new ObjectDisposedException(nameof(ComputeThread)));
        }

        _available.Release();
        _thread.Join();
        _available.Dispose();
    }

    private void Run()
    {
        try
        {
            // libtorch gives a thread that computes or asks for the first time the number that was set last in the process; from then on the number is its own
            _ = torch.get_num_threads();
            torch.set_num_threads(Threads);
            _environment.SetResult(EnvironmentProbe.Read(Device.ToString(), Threads, reproducible: Device.type == DeviceType.CPU));
        }
        catch (Exception exception)
        {
            // whatever keeps libtorch from loading is the constructor's to throw
            _environment.SetException(exception);
            return;
        }

        while (true)
        {
            _available.Wait();
            if (Next() is not { } next)
            {
                if (_stopping)
                {
                    return;
                }

                continue;
            }

            var started = Stopwatch.GetTimestamp();
            next.Item.Run();
            Interlocked.Add(ref _busyTicks[next.Queue], Stopwatch.GetTimestamp() - started);
        }
    }

    private (WorkItem Item, int Queue)? Next()
    {
        lock (_gate)
        {
            for (var i = 1; i <= _queues.Length; i++)
            {
                var queue = (_lastServed + i) % _queues.Length;
                if (_queues[queue].TryDequeue(out var item))
                {
                    _lastServed = queue;
                    return (item, queue);
                }
            }

            return null;
        }
    }

    private abstract class WorkItem
    {
        public abstract void Run();

        public abstract void Drop(Exception reason);
    }

    private sealed class WorkItem<T>(Func<T> work, CancellationToken cancellationToken) : WorkItem
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Completion => _completion.Task;

        public override void Run()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _completion.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                _completion.TrySetResult(work());
            }
            catch (OperationCanceledException cancelled) when (cancellationToken.IsCancellationRequested)
            {
                _completion.TrySetCanceled(cancelled.CancellationToken);
            }
            catch (Exception exception)
            {
                // not swallowed: it surfaces where the item is awaited
                _completion.TrySetException(exception);
            }
        }

        public override void Drop(Exception reason) => _completion.TrySetException(reason);
    }
}
