using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>Lets a storage provider take part in the silo's lifecycle if it wants to.</summary>
internal sealed class StorageLifecycle(IGrainStorage storage) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => (storage as ILifecycleParticipant<ISiloLifecycle>)?.Participate(lifecycle);
}
