using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A storage provider: keeps states by grain and name, and refuses a write whose version is not the stored one.</summary>
public interface IGrainStorage
{
    /// <summary>Fills <paramref name="grainState"/> from the store; a missing record leaves its state alone and has no version.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Stores the state and sets its new version.</summary>
    /// <exception cref="InconsistentStateException">The stored version is not that of <paramref name="grainState"/>.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Deletes the stored state.</summary>
    /// <exception cref="InconsistentStateException">The stored version is not that of <paramref name="grainState"/>.</exception>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>As <see cref="ReadStateAsync{T}(string, GrainId, IGrainState{T})"/>, cancellable where the provider supports it.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        ReadStateAsync(stateName, grainId, grainState);

    /// <summary>As <see cref="WriteStateAsync{T}(string, GrainId, IGrainState{T})"/>, cancellable where the provider supports it.</summary>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        WriteStateAsync(stateName, grainId, grainState);

    /// <summary>As <see cref="ClearStateAsync{T}(string, GrainId, IGrainState{T})"/>, cancellable where the provider supports it.</summary>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        ClearStateAsync(stateName, grainId, grainState);
}
