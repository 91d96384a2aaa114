namespace Reflux.Silo.Tests.Support;

/// <summary>Waits for a condition that nothing announces.</summary>
internal static class Eventually
{
    /// <summary>No test waits longer than this for anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns once the condition holds; looks often, and between two looks does <paramref name="meanwhile"/>.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken limit, Action? meanwhile = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            meanwhile?.Invoke();
            await timer.WaitForNextTickAsync(limit);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, CancellationToken, Action?)" />
    public static Task TrueAsync(Func<bool> condition, CancellationToken limit, Action? meanwhile = null) =>
        TrueAsync(() => Task.FromResult(condition()), limit, meanwhile);
}
