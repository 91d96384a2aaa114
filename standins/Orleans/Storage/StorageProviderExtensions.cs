using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Registers storage providers.</summary>
public static class StorageProviderExtensions
{
    /// <summary>Registers a storage provider under a name; it joins the silo's lifecycle if it asks to.</summary>
    public static IServiceCollection AddGrainStorage<T>(
        this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
        collection.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
            services => new Engine.StorageLifecycle(services.GetRequiredKeyedService<IGrainStorage>(name)));
        if (string.Equals(name, "Default", StringComparison.Ordinal))
        {
            collection.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
        }

        return collection;
    }
}
