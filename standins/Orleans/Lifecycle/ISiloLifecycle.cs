namespace Orleans.Runtime;

/// <summary>The silo's lifecycle; its stages are in <see cref="ServiceLifecycleStage"/>.</summary>
public interface ISiloLifecycle : ILifecycleObservable
{
    /// <summary>The highest stage that started.</summary>
    int HighestCompletedStage { get; }

    /// <summary>The lowest stage that stopped.</summary>
    int LowestStoppedStage { get; }
}
