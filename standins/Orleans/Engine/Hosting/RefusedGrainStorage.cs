using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>Storage that only official Orleans has: it can be put together with the rest, and the silo is refused when it starts.</summary>
internal sealed class RefusedGrainStorage(string feature) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new SingleProcessException(feature);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new SingleProcessException(feature);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new SingleProcessException(feature);
}
