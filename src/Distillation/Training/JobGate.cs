using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Training;

/// <summary>Counts the jobs that use a student, so that its memory is freed only after the last.</summary>
internal sealed class JobGate
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;

    /// <summary>Runs a job that ends early when the trainer stops.</summary>
    /// <exception cref="RefluxException">The trainer has stopped (student-not-running).</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> job, CancellationToken stopping, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw Stopped();
            }

            _running++;
        }

        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
            return await job(linked.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stopped();
        }
        finally
        {
            lock (_gate)
            {
                _running--;
                Settle();
            }
        }
    }

    /// <summary>Lets no more jobs in and waits for those inside.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Settle();
        }

        return _drained.Task;
    }

    private void Settle()
    {
        if (_closed && _running == 0)
        {
            _drained.TrySetResult();
        }
    }

    private static RefluxException Stopped() => new(
        ErrorCodes.StudentNotRunning, "The student's trainer has stopped.", "Look at the student's state, then resume it or try again.");
}
