namespace Reflux.Standins.Orleans.Tests.Activations;

public sealed class TimerTests : ResidentFixture
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_period_runs_from_the_end_of_a_tick_and_a_failed_tick_is_survived()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.StartTimer(Second, Second, interleave: false, keepAlive: false);
        Assert.True(Board.IsEmpty);
        Clock.Advance(Second);
        Assert.Equal("tick 1", await Board.NextAsync());
        Clock.Advance(10 * Second);
        await resident.Ping();
        Assert.True(Board.IsEmpty);
        Board.Open("tick 1");
        await resident.Count();
        Clock.Advance(Second);
        Assert.Equal("tick 2", await Board.NextAsync());
        Board.Open("tick 2");
    }

    [Fact]
    public async Task A_tick_is_a_turn_like_a_call()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.StartTimer(Second, Timeout.InfiniteTimeSpan, interleave: false, keepAlive: false);
        var call = resident.Hold("call");
        Assert.Equal("call holds", await Board.NextAsync());
        Clock.Advance(Second);
        await resident.Ping();
        Assert.True(Board.IsEmpty);
        Board.Open("call");
        await call;
        Assert.Equal("tick 1", await Board.NextAsync());
        Board.Open("tick 1");
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait_for_calls()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.StartTimer(Second, Timeout.InfiniteTimeSpan, interleave: true, keepAlive: false);
        var call = resident.Hold("call");
        Assert.Equal("call holds", await Board.NextAsync());
        Clock.Advance(Second);
        Assert.Equal("tick 1", await Board.NextAsync());
        Board.Open("call");
        await call;
        Board.Open("tick 1");
    }

    [Fact]
    public async Task A_changed_timer_ticks_by_its_new_times_and_a_disposed_one_not_at_all()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.StartTimer(Timeout.InfiniteTimeSpan, Second, interleave: false, keepAlive: false);
        Clock.Advance(5 * Second);
        await resident.ChangeTimer(3 * Second, 2 * Second);
        Clock.Advance(2 * Second);
        await resident.Ping();
        Assert.True(Board.IsEmpty);
        Board.Open("tick 1");
        Clock.Advance(Second);
        Assert.Equal("tick 1", await Board.NextAsync());
        await resident.StopTimer();
        Clock.Advance(10 * Second);
        await resident.Count();
        Assert.True(Board.IsEmpty);
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        var resident = await ActiveAsync<Resident>();
        await resident.StartTimer(Second, Second, interleave: false, keepAlive: false);
        await TheCluster.DeactivateAsync(resident);
        Assert.Equal("deactivated: RuntimeRequested", await Board.NextAsync());
        Clock.Advance(5 * Second);
        Assert.True(Board.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_ticks_that_keep_alive_count_as_use(bool keepAlive)
    {
        var resident = await ActiveAsync<Resident>();
        var ended = TheCluster.WaitForDeactivationAsync(resident);
        await resident.StartTimer(TimeSpan.FromMinutes(4), Timeout.InfiniteTimeSpan, interleave: false, keepAlive);
        await TurnEndedAsync(resident);
        Board.Open("tick 1");
        Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("tick 1", await Board.NextAsync());
        await TurnEndedAsync(resident);
        Clock.Advance(TimeSpan.FromMinutes(2));
        if (keepAlive)
        {
            await resident.Ping();
            Assert.False(ended.IsCompleted);
        }
        else
        {
            await ended;
        }
    }

    [Fact]
    public async Task Times_out_of_range_are_refused()
    {
        var resident = await ActiveAsync<Resident>();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => resident.StartTimer(TimeSpan.FromDays(100), Second, interleave: false, keepAlive: false));
    }
}
