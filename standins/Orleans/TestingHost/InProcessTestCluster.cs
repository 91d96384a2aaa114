using System.Collections.ObjectModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster inside a test's process. This engine serves one silo.</summary>
public sealed class InProcessTestCluster : IDisposable, IAsyncDisposable
{
    private readonly List<InProcessSiloHandle> _silos = [];
    private IHost? _clientHost;
    private int _started;

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    /// <summary>What was configured.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>The silos that run.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos => _silos.AsReadOnly();

    /// <summary>A way into the cluster, as a process outside of it would have.</summary>
    /// <exception cref="InvalidOperationException">The cluster was not deployed.</exception>
    public IClusterClient Client => _clientHost?.Services.GetRequiredService<IClusterClient>()
        ?? throw new InvalidOperationException("The cluster has no client: deploy it first.");

    /// <summary>Starts the silos and the client.</summary>
    /// <exception cref="NotSupportedException">More than one silo was asked for, which needs official Orleans.</exception>
    public async Task DeployAsync()
    {
        if (Options.InitialSilosCount != 1)
        {
            throw new SingleProcessException($"A test cluster of {Options.InitialSilosCount} silos (use new InProcessTestClusterBuilder(1))");
        }

        await StartSiloAsync();
        if (Options.InitializeClientOnDeploy)
        {
            await InitializeClientAsync();
        }
    }

    /// <summary>Makes the client.</summary>
    public async Task InitializeClientAsync()
    {
        var host = NewHost("TestClusterClient");
        host.Services.AddSingleton(services => new GrainCaller(
            new LocalNetwork(() => _silos.Count > 0 ? _silos[0].Silo : throw new SiloUnavailableException("The cluster has no running silo.")),
            services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ClientMessagingOptions>>().Value,
            services.GetRequiredService<TimeProvider>()));
        host.Services.AddSingleton<IClusterClient, ClusterClient>();
        host.Services.AddSingleton<IGrainFactory>(services => services.GetRequiredService<IClusterClient>());
        host.Services.AddSingleton(TimeProvider.System);
        foreach (var configure in Options.ClientHostConfigurationDelegates)
        {
            configure(host);
        }

        _clientHost = host.Build();
        await _clientHost.StartAsync();
    }

    /// <summary>The services of a silo's host; of the first silo unless another is named.</summary>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) => silo is null
        ? _silos[0].ServiceProvider
        : GetSiloForAddress(silo)?.ServiceProvider ?? throw new ArgumentException($"There is no silo {silo}.", nameof(silo));

    /// <summary>The silo with that address, if it runs.</summary>
    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) => _silos.Find(silo => silo.SiloAddress.Equals(siloAddress));

    /// <summary>The silos that run.</summary>
    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => _silos.Where(silo => silo.IsActive);

    /// <summary>Finds the activation of a grain.</summary>
    public bool TryGetGrainContext(GrainId grainId, out IGrainContext? grainContext)
    {
        grainContext = _silos.Select(silo => silo.Silo.Catalog.Find(grainId)).FirstOrDefault(found => found is not null);
        return grainContext is not null;
    }

    /// <summary>Ends the activation of a grain and waits until it has ended.</summary>
    public Task DeactivateAsync(GrainId grainId)
    {
        if (!TryGetGrainContext(grainId, out var context))
        {
            return Task.CompletedTask;
        }

        context!.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "The test cluster asked for it."));
        return context.Deactivated;
    }

    /// <summary>Ends the activation of a grain and waits until it has ended.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <summary>Waits until the activation of a grain has ended; at once if there is none.</summary>
    public Task WaitForDeactivationAsync(GrainId grainId) =>
        TryGetGrainContext(grainId, out var context) ? context!.Deactivated : Task.CompletedTask;

    /// <summary>Waits until the activation of a grain has ended; at once if there is none.</summary>
    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    /// <summary>Stops a silo gracefully.</summary>
    public async Task StopSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(true);
        Forget(instance);
    }

    /// <summary>Stops a silo at once: its activations are not asked.</summary>
    public async Task KillSiloAsync(InProcessSiloHandle instance)
    {
        await instance.StopSiloAsync(false);
        Forget(instance);
    }

    /// <summary>Stops a silo gracefully and starts one in its place; memory storage begins empty.</summary>
    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        await StopSiloAsync(instance);
        return await StartSiloAsync();
    }

    /// <summary>Stops the client and the silos gracefully.</summary>
    public async Task StopAllSilosAsync()
    {
        await StopClusterClientAsync();
        await StopSilosAsync();
    }

    /// <summary>Stops the silos gracefully.</summary>
    public async Task StopSilosAsync()
    {
        foreach (var silo in _silos.ToArray())
        {
            await StopSiloAsync(silo);
        }
    }

    /// <summary>Stops the client and the silos gracefully.</summary>
    public void StopAllSilos() => StopAllSilosAsync().GetAwaiter().GetResult();

    /// <summary>Stops the client.</summary>
    public async Task StopClusterClientAsync()
    {
        if (_clientHost is { } host)
        {
            _clientHost = null;
            await host.StopAsync();
            host.Dispose();
        }
    }

    /// <summary>The same as <see cref="StopAllSilosAsync"/>.</summary>
    public async ValueTask DisposeAsync() => await StopAllSilosAsync();

    /// <summary>The same as <see cref="StopAllSilos"/>.</summary>
    public void Dispose() => StopAllSilos();

    private static HostApplicationBuilder NewHost(string name)
    {
        var host = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = name });
        host.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        return host;
    }

    private async Task<InProcessSiloHandle> StartSiloAsync()
    {
        var options = new InProcessTestSiloSpecificOptions
        {
            SiloName = $"Silo_{_started++}",
            SiloPort = EndpointOptions.DEFAULT_SILO_PORT,
            GatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        };
        var host = NewHost(options.SiloName);
        host.UseOrleans(silo => silo.Services
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Options.ClusterId, Options.ServiceId))
            .Configure<SiloOptions>(named => named.SiloName = options.SiloName));
        foreach (var configure in Options.SiloHostConfigurationDelegates)
        {
            configure(options, host);
        }

        var built = host.Build();
        await built.StartAsync();
        var handle = new InProcessSiloHandle { SiloHost = built, InstanceNumber = (short)(_started - 1) };
        _silos.Add(handle);
        return handle;
    }

    private void Forget(InProcessSiloHandle silo)
    {
        _silos.Remove(silo);
        silo.Dispose();
    }
}
