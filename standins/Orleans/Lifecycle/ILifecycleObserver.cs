namespace Orleans;

/// <summary>A part of a lifecycle.</summary>
public interface ILifecycleObserver
{
    /// <summary>Runs when its stage starts; a failure stops the start.</summary>
    Task OnStart(CancellationToken cancellationToken = default);

    /// <summary>Runs when its stage stops, in reverse order.</summary>
    Task OnStop(CancellationToken cancellationToken = default);
}
