namespace Orleans.Engine;

/// <summary>Runs the turns of one activation one after another.</summary>
internal sealed class ActivationScheduler(ITurnDispatcher dispatcher) : TaskScheduler, IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ActivationScheduler? s_current;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _turns = new();
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Whether the code that asks runs as a turn of some activation.</summary>
    public static bool IsCurrent => s_current is not null;

    /// <summary>Runs an action as a turn, without the context of whoever asks for it.</summary>
    public void Post(Action action)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            Start(action);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            Start(action);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        var outer = s_current;
        s_current = this;
        try
        {
            for (var turns = 0; turns < dispatcher.TurnsAtOnce; turns++)
            {
                if (!TryTake(out var turn))
                {
                    return;
                }

                TryExecuteTask(turn);
            }
        }
        finally
        {
            s_current = outer;
        }

        dispatcher.Dispatch(this);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _turns.Enqueue(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        dispatcher.Dispatch(this);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        s_current == this && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _turns];
        }
    }

    private void Start(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    private bool TryTake(out Task turn)
    {
        lock (_gate)
        {
            if (_turns.TryDequeue(out turn!))
            {
                return true;
            }

            _scheduled = false;
            return false;
        }
    }
}
