namespace Reflux.Distillation.Training;

/// <summary>Turns at a semaphore that end with a <c>using</c>.</summary>
internal static class SemaphoreTurns
{
    /// <summary>Waits for a turn; disposing it lets the next one in.</summary>
    public static async Task<IDisposable> TurnAsync(this SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        await semaphore.WaitAsync(cancellationToken);
        return new Turn(semaphore);
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
