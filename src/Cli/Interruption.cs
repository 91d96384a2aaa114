using System.Runtime.InteropServices;

namespace Reflux.Cli;

/// <summary>Ctrl-C or SIGTERM: cancels what runs, and gives it some time to stop its children and leave in order.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _overdue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _signals;
    private readonly Timer _timer;

    public Interruption()
    {
        _timer = new Timer(_ => _overdue.TrySetResult());
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    public CancellationToken Token => _source.Token;

    public bool Requested => _source.IsCancellationRequested;

    /// <summary>Completes when the patience with what was asked to stop is over.</summary>
    public Task Overdue => _overdue.Task;

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        _timer.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _timer.Change(Patience, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }
}
