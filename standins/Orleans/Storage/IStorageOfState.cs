namespace Orleans.Core;

/// <summary>The stored state of one grain.</summary>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state in memory; a change is stored only by writing.</summary>
    TState State { get; set; }
}
