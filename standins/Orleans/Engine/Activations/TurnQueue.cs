namespace Orleans.Engine;

/// <summary>
/// Decides which waiting item of an activation may run beside the running ones. Waiting items keep their order, but one that may interleave
/// passes one that may not. The owner locks.
/// </summary>
internal sealed class TurnQueue(bool reentrant)
{
    private readonly List<WorkItem> _waiting = [];
    private readonly List<WorkItem> _running = [];

    public IReadOnlyCollection<WorkItem> Running => _running;

    public bool IsEmpty => _waiting.Count == 0 && _running.Count == 0;

    public void Enqueue(WorkItem item) => _waiting.Add(item);

    /// <summary>Moves the first item that may run to the running ones; null when there is none.</summary>
    public WorkItem? TakeRunnable()
    {
        var index = _waiting.FindIndex(MayRun);
        if (index < 0)
        {
            return null;
        }

        var item = _waiting[index];
        _waiting.RemoveAt(index);
        _running.Add(item);
        return item;
    }

    public void Finish(WorkItem item) => _running.Remove(item);

    public IReadOnlyList<WorkItem> DrainWaiting()
    {
        WorkItem[] drained = [.. _waiting];
        _waiting.Clear();
        return drained;
    }

    private bool MayRun(WorkItem item) =>
        reentrant || item.AlwaysInterleaves || _running.TrueForAll(other => other.AlwaysInterleaves || (other.ReadOnly && item.ReadOnly));
}
