namespace Reflux.Distillation.Training;

/// <summary>One at a time, in the order of asking: <c>using var turn = await turns.TakeAsync(…)</c>.</summary>
internal sealed class Turns
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _taken;

    /// <summary>Waits for a turn; disposing it lets the next one in.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Queue() is { } mine)
        {
            await using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(mine, cancellationToken), null);
            await mine.Task;
        }

        return new Turn(this);
    }

    /// <summary>Null where the turn is taken at once.</summary>
    private TaskCompletionSource? Queue()
    {
        lock (_gate)
        {
            if (!_taken)
            {
                _taken = true;
                return null;
            }

            return _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Value;
        }
    }

    private void GiveUp(TaskCompletionSource waiting, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(waiting))
            {
                return;
            }
        }

        waiting.SetCanceled(cancellationToken);
    }

    private void Next()
    {
        TaskCompletionSource next;
        lock (_gate)
        {
            if (_waiting.First is not { } first)
            {
                _taken = false;
                return;
            }

            next = first.Value;
            _waiting.RemoveFirst();
        }

        next.SetResult();
    }

    private sealed class Turn(Turns turns) : IDisposable
    {
        public void Dispose() => turns.Next();
    }
}
