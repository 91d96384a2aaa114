using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A state injected into a grain's constructor; it is read before the grain activates.</summary>
public interface IPersistentState<TState> : IStorage<TState>, IStorage;
