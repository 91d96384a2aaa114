using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Engine;
using Orleans.Runtime.Hosting;

namespace Orleans.Hosting;

/// <summary>Grain state in a database: refused at start, because this engine is a single process.</summary>
public static class AdoNetGrainStorageSiloBuilderExtensions
{
    /// <summary>Refused when the silo starts.</summary>
    public static ISiloBuilder AddAdoNetGrainStorage(
        this ISiloBuilder builder, string name, Action<AdoNetGrainStorageOptions> configureOptions) =>
        builder.AddAdoNetGrainStorage(name, options => options.Configure(configureOptions));

    /// <summary>Refused when the silo starts.</summary>
    public static ISiloBuilder AddAdoNetGrainStorage(
        this ISiloBuilder builder, string name, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<AdoNetGrainStorageOptions>(name));
        builder.Services.AddGrainStorage(name, (_, _) => new RefusedGrainStorage("AddAdoNetGrainStorage"));
        return builder.Refuse("AddAdoNetGrainStorage");
    }

    /// <summary>Refused when the silo starts.</summary>
    public static ISiloBuilder AddAdoNetGrainStorageAsDefault(
        this ISiloBuilder builder, Action<AdoNetGrainStorageOptions> configureOptions) =>
        builder.AddAdoNetGrainStorage("Default", configureOptions);
}
