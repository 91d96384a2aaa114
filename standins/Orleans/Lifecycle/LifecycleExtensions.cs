using Orleans.Engine;

namespace Orleans;

/// <summary>Subscribes functions to a lifecycle.</summary>
public static class LifecycleExtensions
{
    /// <summary>Runs a function when a stage starts.</summary>
    public static IDisposable Subscribe(
        this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
        observable.Subscribe(observerName, stage, new DelegateObserver(onStart, null));

    /// <summary>Runs a function when a stage starts and another when it stops.</summary>
    public static IDisposable Subscribe(
        this ILifecycleObservable observable,
        string observerName,
        int stage,
        Func<CancellationToken, Task> onStart,
        Func<CancellationToken, Task> onStop) =>
        observable.Subscribe(observerName, stage, new DelegateObserver(onStart, onStop));
}
