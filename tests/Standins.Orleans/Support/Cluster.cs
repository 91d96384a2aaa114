using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using Reflux.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Support;

/// <summary>A deployed cluster of one silo whose time, where a test asks for it, the test moves.</summary>
internal static class Cluster
{
    public static Task<InProcessTestCluster> StartAsync(Action<ISiloBuilder>? configure = null) => StartAsync(null, configure);

    public static async Task<InProcessTestCluster> StartAsync(FakeClock? clock, Action<ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureHost(host =>
        {
            if (clock is not null)
            {
                host.Services.AddSingleton<TimeProvider>(clock);
            }
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.Services.AddSingleton<Board>();
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    /// <summary>Where grains and the test meet.</summary>
    public static Board Board(this InProcessTestCluster cluster) => cluster.GetSiloServiceProvider().GetRequiredService<Board>();
}
