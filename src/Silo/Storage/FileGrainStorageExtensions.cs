using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;

namespace Reflux.Silo.Storage;

/// <summary>Registers grain storage in files.</summary>
public static class FileGrainStorageExtensions
{
    /// <summary>Keeps the state of grains that ask for <paramref name="name"/> in JSON files under <paramref name="directory"/>; one machine only.</summary>
    public static ISiloBuilder AddFileGrainStorage(this ISiloBuilder builder, string name, string directory)
    {
        builder.Services.AddGrainStorage(name, (services, _) => new FileGrainStorage(directory, services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
