using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;
using Reflux.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Activations;

/// <summary>A silo under fake time that collects after five idle minutes, and no response timeouts in the way.</summary>
public abstract class ResidentFixture : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    internal FakeClock Clock { get; } = new();

    internal Board Board => _cluster.Board();

    internal InProcessTestCluster TheCluster => _cluster;

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync(Clock, silo => silo
        .Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(5))
        .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromDays(1)));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    internal IResident New<TGrain>() => _cluster.Client.GetGrain<IResident>(Guid.NewGuid(), typeof(TGrain).FullName);

    internal async Task<IResident> ActiveAsync<TGrain>()
    {
        var resident = New<TGrain>();
        await resident.Count();
        Assert.Equal("activated", await Board.NextAsync());
        return resident;
    }

    /// <summary>
    /// Waits until the turn before has ended: who was called has its answer earlier, and idle time counts from that end. A deactivation request would count as no use, a call would: so the scheduler
    /// itself is asked for one more turn.
    /// </summary>
    internal async Task TurnEndedAsync(IResident resident)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TheCluster.TryGetGrainContext(resident.GetGrainId(), out var context);
        ((global::Orleans.Engine.Activation)context!).Post(turn.SetResult);
        await turn.Task;
    }
}
