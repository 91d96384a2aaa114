using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Calls;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Hosting;

public sealed class HostingTests
{
    [Fact]
    public async Task A_host_starts_the_silo_before_later_services_and_stops_it_after_them()
    {
        var board = new Board();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(board);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(clusterId: "c", serviceId: "s").Configure<SiloOptions>(options => options.SiloName = "one"));
        builder.Services.AddHostedService<Later>();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal("key k", await board.NextAsync());
        await host.StopAsync();
        Assert.Equal("key l", await board.NextAsync());
        var details = host.Services.GetRequiredService<ILocalSiloDetails>();
        Assert.Equal("one", details.Name);
        Assert.Equal("c", details.ClusterId);
        Assert.Equal(11111, details.SiloAddress.Endpoint.Port);
    }

    [Fact]
    public async Task Calls_before_the_start_are_refused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Board>();
        builder.UseOrleans();
        using var host = builder.Build();
        var callee = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICallee>("k");
        var error = await Assert.ThrowsAsync<SiloUnavailableException>(() => callee.KeyOf());
        Assert.Contains("not started", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_silos_are_refused_with_an_explanation()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo
            .UseAdoNetClustering(options => options.ConnectionString = "Host=nowhere")
            .AddAdoNetGrainStorage("store", options => options.Invariant = "Npgsql"));
        using var host = builder.Build();
        var error = await Assert.ThrowsAnyAsync<NotSupportedException>(() => host.StartAsync());
        Assert.Contains("official Orleans", error.Message, StringComparison.Ordinal);
        Assert.Contains("UseAdoNetClustering", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_cluster_of_two_silos_is_refused()
    {
        var cluster = new InProcessTestClusterBuilder().Build();
        await Assert.ThrowsAnyAsync<NotSupportedException>(cluster.DeployAsync);
    }

    [Fact]
    public async Task Wrong_options_are_refused_at_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromSeconds(1)));
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());
        Assert.Contains("CollectionAge", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifecycle_participants_start_in_order_and_stop_in_reverse()
    {
        var board = new Board();
        await using (var cluster = await Cluster.StartAsync(
            silo => silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Stages(board))))
        {
            Assert.Equal(["storage starts", "application starts"], await board.NextAsync(2));
        }

        Assert.Equal(["application stops", "storage stops"], await board.NextAsync(2));
    }

    [Fact]
    public async Task A_restarted_silo_serves_again()
    {
        await using var cluster = await Cluster.StartAsync();
        var callee = cluster.Client.GetGrain<ICallee>("k");
        Assert.Equal("k", await callee.KeyOf());
        await cluster.RestartSiloAsync(cluster.Silos[0]);
        Assert.Equal("k", await callee.KeyOf());
        Assert.Single(cluster.GetActiveSilos());
    }

    private sealed class Later(IGrainFactory grains, Board board) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken) => board.Note($"key {await grains.GetGrain<ICallee>("k").KeyOf()}");

        public async Task StopAsync(CancellationToken cancellationToken) => board.Note($"key {await grains.GetGrain<ICallee>("l").KeyOf()}");
    }

    private sealed class Stages(Board board) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            Subscribe(lifecycle, "application", ServiceLifecycleStage.ApplicationServices);
            Subscribe(lifecycle, "storage", ServiceLifecycleStage.RuntimeStorageServices);
        }

        private void Subscribe(ISiloLifecycle lifecycle, string name, int stage) => lifecycle.Subscribe(
            name,
            stage,
            _ => Noted($"{name} starts"),
            _ => Noted($"{name} stops"));

        private Task Noted(string text)
        {
            board.Note(text);
            return Task.CompletedTask;
        }
    }
}
