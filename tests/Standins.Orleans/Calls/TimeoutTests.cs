using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;
using Reflux.Standins.Orleans.Tests.Turns;
using Reflux.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Calls;

public sealed class TimeoutTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private InProcessTestCluster _cluster = null!;

    private Board Board => _cluster.Board();

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync(
        _clock, silo => silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5)));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task After_a_timeout_the_outcome_is_unknown_and_the_call_still_takes_effect()
    {
        var worker = Plain("slow");
        var call = worker.Work("slow");
        Assert.Equal("slow starts", await Board.NextAsync());
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("00:00:30", timeout.Message, StringComparison.Ordinal);
        Board.Open("slow");
        Assert.Equal("slow ends", await Board.NextAsync());
    }

    [Fact]
    public async Task A_call_that_expired_while_it_waited_never_runs()
    {
        var worker = Plain("busy");
        var first = worker.Work("first");
        var second = worker.Work("second");
        Assert.Equal("first starts", await Board.NextAsync());
        _clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await Assert.ThrowsAsync<TimeoutException>(() => second);
        Board.Open("second");
        Board.Open("first");
        await worker.Add(1);
        Assert.Equal("first ends", await Board.NextAsync());
        Assert.True(Board.IsEmpty);
    }

    [Fact]
    public async Task A_grain_that_waits_for_a_call_to_itself_gets_a_timeout()
    {
        var worker = Plain("self");
        Board.Open("inner");
        var call = worker.CallBack(worker, "inner");
        Assert.Equal("called back", await Board.NextAsync());
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.True(Board.IsEmpty);
    }

    [Fact]
    public async Task A_method_may_set_its_own_timeout()
    {
        var call = _cluster.Client.GetGrain<ICallee>("a").NeverIn2Seconds();
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Board.Open("never");
    }

    private IWorker Plain(string key) => _cluster.Client.GetGrain<IWorker>(key, typeof(PlainWorker).FullName);
}
