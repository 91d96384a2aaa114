using Orleans;

namespace Reflux.Standins.Orleans.Tests.Activations;

public sealed class DeactivationTests : ResidentFixture
{
    [Fact]
    public async Task A_grain_activates_once_and_keeps_its_memory()
    {
        var resident = await ActiveAsync<Resident>();
        Assert.Equal(2, await resident.Count());
        Assert.True(Board.IsEmpty);
    }

    [Fact]
    public async Task It_leaves_after_the_running_call_and_waiting_calls_reach_the_next_activation()
    {
        var resident = await ActiveAsync<Resident>();
        var leaving = resident.Leave("go");
        Assert.Equal("leaving", await Board.NextAsync());
        var waiting = resident.Count();
        Assert.True(Board.IsEmpty);
        Board.Open("go");
        await leaving;
        Assert.Equal(1, await waiting);
        Assert.Equal(["deactivated: ApplicationRequested", "activated"], await Board.NextAsync(2));
    }

    [Fact]
    public async Task An_idle_activation_is_collected_at_its_age()
    {
        var resident = await ActiveAsync<Resident>();
        var ended = TheCluster.WaitForDeactivationAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(4.5));
        await resident.Ping();
        await TurnEndedAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(4.5));
        await resident.Ping();
        Assert.False(ended.IsCompleted);
        await TurnEndedAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(6));
        await ended;
        Assert.Equal("deactivated: ActivationIdle", await Board.NextAsync());
        Assert.Equal(1, await resident.Count());
    }

    [Fact]
    public async Task A_busy_activation_is_not_collected()
    {
        var resident = await ActiveAsync<Resident>();
        var call = resident.Hold("long");
        Assert.Equal("long holds", await Board.NextAsync());
        var ended = TheCluster.WaitForDeactivationAsync(resident);
        Clock.Advance(TimeSpan.FromSeconds(20));
        await resident.Ping();
        Assert.False(ended.IsCompleted);
        Board.Open("long");
        await call;
        Assert.Equal(2, await resident.Count());
    }

    [Fact]
    public async Task A_delayed_one_stays_longer()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.Stay(TimeSpan.FromMinutes(20));
        var ended = TheCluster.WaitForDeactivationAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(2, await resident.Count());
        Assert.False(ended.IsCompleted);
        await TurnEndedAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(10));
        await ended;
    }

    [Fact]
    public async Task Grain_classes_have_their_own_ages()
    {
        var permanent = await ActiveAsync<Permanent>();
        var patient = await ActiveAsync<Patient>();
        var ended = TheCluster.WaitForDeactivationAsync(patient);
        Clock.Advance(TimeSpan.FromMinutes(25));
        await patient.Ping();
        Assert.False(ended.IsCompleted);
        await TurnEndedAsync(patient);
        Clock.Advance(TimeSpan.FromMinutes(40));
        await ended;
        Assert.Equal(2, await permanent.Count());
    }

    [Fact]
    public async Task The_cluster_ends_an_activation_on_demand()
    {
        var resident = await ActiveAsync<Resident>();
        await TheCluster.DeactivateAsync(resident);
        Assert.Equal("deactivated: RuntimeRequested", await Board.NextAsync());
        Assert.False(TheCluster.TryGetGrainContext(resident.GetGrainId(), out _));
    }

    [Fact]
    public async Task A_failed_activation_fails_its_callers_and_the_next_call_tries_again()
    {
        var stillborn = New<Stillborn>();
        Assert.Equal("not today", (await Assert.ThrowsAsync<InvalidOperationException>(stillborn.Ping)).Message);
        await Assert.ThrowsAsync<InvalidOperationException>(stillborn.Ping);
    }

    [Fact]
    public async Task A_stopping_silo_deactivates_its_grains()
    {
        await ActiveAsync<Resident>();
        var board = Board;
        await TheCluster.StopSilosAsync();
        Assert.Equal("deactivated: ShuttingDown", await board.NextAsync());
    }

    [Fact]
    public async Task A_killed_silo_does_not()
    {
        await ActiveAsync<Resident>();
        var board = Board;
        await TheCluster.KillSiloAsync(TheCluster.Silos[0]);
        Assert.True(board.IsEmpty);
    }
}
