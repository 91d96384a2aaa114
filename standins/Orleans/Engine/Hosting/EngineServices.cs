using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Composes a silo from a host's services.</summary>
internal static class EngineServices
{
    public static ISiloBuilder AddSilo(IServiceCollection services, IConfiguration configuration)
    {
        var builder = new SiloBuilder(services, configuration);
        if (services.Any(service => service.ServiceType == typeof(Silo)))
        {
            return builder;
        }

        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ApplicationParts.Loaded);
        services.TryAddSingleton<GrainTypeMap>();
        services.TryAddSingleton<DeepCopier>();
        services.TryAddSingleton<ITurnDispatcher, PoolDispatcher>();
        services.TryAddSingleton<INetwork>(provider => new LocalNetwork(provider.GetRequiredService<Silo>));
        services.AddSingleton<StagedLifecycle>();
        services.AddSingleton<ISiloLifecycle>(provider => provider.GetRequiredService<StagedLifecycle>());
        services.AddSingleton<ILocalSiloDetails, LocalSilo>();
        services.AddSingleton<Silo>();
        services.AddSingleton(provider => new GrainCaller(
            provider.GetRequiredService<INetwork>(),
            provider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ClusterClient>();
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<ClusterClient>());
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<ClusterClient>());
        services.AddSingleton<IHostedService, SiloService>();
        services.AddSingleton<IConfigurationValidator, SiloOptionsValidator>();
        services.PostConfigure<SiloOptions>(options => options.SiloName ??= $"Silo_{Guid.NewGuid():N}"[..10]);
        return builder;
    }
}
