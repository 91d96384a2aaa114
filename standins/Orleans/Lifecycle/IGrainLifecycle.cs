namespace Orleans.Runtime;

/// <summary>An activation's lifecycle; its stages are in <see cref="GrainLifecycleStage"/>.</summary>
public interface IGrainLifecycle : ILifecycleObservable;
