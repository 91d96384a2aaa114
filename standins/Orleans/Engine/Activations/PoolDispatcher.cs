namespace Orleans.Engine;

/// <summary>The thread pool.</summary>
internal sealed class PoolDispatcher : ITurnDispatcher
{
    public int TurnsAtOnce => 64;

    public void Dispatch(IThreadPoolWorkItem turns) => ThreadPool.UnsafeQueueUserWorkItem(turns, preferLocal: false);
}
