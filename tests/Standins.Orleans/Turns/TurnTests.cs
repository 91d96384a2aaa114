using Orleans;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Turns;

public sealed class TurnTests : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    private Board Board => _cluster.Board();

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Calls_to_one_grain_run_one_after_another()
    {
        var worker = Plain("a");
        var first = worker.Work("first");
        var second = worker.Work("second");
        Board.Open("second");
        Assert.Equal("first starts", await Board.NextAsync());
        Assert.True(Board.IsEmpty);
        Board.Open("first");
        await Task.WhenAll(first, second);
        Assert.Equal(["first ends", "second starts", "second ends"], await Board.NextAsync(3));
    }

    [Fact]
    public async Task No_update_is_lost_over_awaits()
    {
        var worker = Plain("sum");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => worker.Add(50)));
        Assert.Equal(400, await worker.Add(0));
    }

    [Fact]
    public async Task Different_grains_run_beside_each_other()
    {
        var one = Plain("one").Work("x");
        Assert.Equal("x starts", await Board.NextAsync());
        var other = Plain("other").Work("y");
        Assert.Equal("y starts", await Board.NextAsync());
        Board.Open("x");
        Board.Open("y");
        await Task.WhenAll(one, other);
    }

    [Fact]
    public async Task An_await_resumes_in_the_turns_of_its_activation() => Assert.True(await Plain("s").KeepsItsScheduler());

    [Fact]
    public async Task An_interleaving_method_passes_the_call_that_runs_and_the_one_that_waits()
    {
        var worker = Plain("a");
        var running = worker.Work("running");
        var waiting = worker.Work("waiting");
        var glance = worker.Glance("glance");
        Assert.Equal(["running starts", "glance starts"], await Board.NextAsync(2));
        Board.Open("glance");
        await glance;
        Board.Open("running");
        Board.Open("waiting");
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task A_call_is_not_held_up_by_an_interleaving_one()
    {
        var worker = Plain("a");
        var glance = worker.Glance("glance");
        Assert.Equal("glance starts", await Board.NextAsync());
        Board.Open("work");
        await worker.Work("work");
        Board.Open("glance");
        await glance;
    }

    [Fact]
    public async Task Readers_interleave_with_readers_but_not_with_writers()
    {
        var worker = Plain("a");
        var first = worker.Read("r1");
        var second = worker.Read("r2");
        Assert.Equal(["r1 starts", "r2 starts"], await Board.NextAsync(2));
        var writer = worker.Work("w");
        Board.Open("r1");
        await first;
        Board.Open("w");
        Assert.Equal("r1 ends", await Board.NextAsync());
        await Plain("other").Add(1);
        Assert.True(Board.IsEmpty);
        Board.Open("r2");
        await Task.WhenAll(second, writer);
        Assert.Equal(["r2 ends", "w starts", "w ends"], await Board.NextAsync(3));
    }

    [Fact]
    public async Task A_reentrant_grain_interleaves_everything()
    {
        var worker = _cluster.Client.GetGrain<IWorker>("a", typeof(ReentrantWorker).FullName);
        var first = worker.Work("first");
        var second = worker.Work("second");
        Assert.Equal(["first starts", "second starts"], await Board.NextAsync(2));
        Board.Open("second");
        await second;
        Board.Open("first");
        await first;
    }

    [Fact]
    public async Task A_one_way_call_returns_before_it_ran()
    {
        var sent = Plain("a").Send("s");
        Assert.True(sent.IsCompletedSuccessfully);
        Assert.Equal("s starts", await Board.NextAsync());
        Board.Open("s");
        Assert.Equal("s ends", await Board.NextAsync());
    }

    private IWorker Plain(string key) => _cluster.Client.GetGrain<IWorker>(key, typeof(PlainWorker).FullName);
}
