using Orleans;
using Orleans.Serialization;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Copying;

public sealed class CallCopyTests : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    private ICourier Courier => _cluster.Client.GetGrain<ICourier>(-7);

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Neither_side_sees_later_changes_of_the_other()
    {
        var values = new List<int> { 1 };
        var call = Courier.Keep(values);
        values.Add(2);
        await call;
        var given = await Courier.Give();
        Assert.Equal([1], given);
        given.Add(3);
        Assert.Equal([1], await Courier.Give());
    }

    [Fact]
    public async Task Immutable_arguments_and_results_are_shared()
    {
        var values = new List<int> { 1 };
        await Courier.KeepShared(values);
        Assert.Same(values, await Courier.GiveShared());
    }

    [Fact]
    public async Task An_unmarked_argument_is_refused_before_the_call() =>
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Courier.KeepUnmarked(new Unmarked()));

    [Fact]
    public async Task An_unmarked_result_is_refused() => await Assert.ThrowsAsync<CodecNotFoundException>(Courier.GiveUnmarked);

    [Fact]
    public async Task References_travel()
    {
        Assert.Equal(Courier, await Courier.Self());
        Assert.Equal(-7, await _cluster.Client.GetGrain<ICourier>(1).KeyOf(Courier));
    }
}
