using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Calls;

public sealed class CallTests : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    private ICallee Callee => _cluster.Client.GetGrain<ICallee>("a");

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Every_return_shape_carries_its_result()
    {
        Assert.Equal(6, await Callee.Double(3));
        await Callee.Nothing();
        Assert.Equal("a", await Callee.KeyOf());
        Assert.Equal("b", await Callee.AskOther("b"));
    }

    [Fact]
    public async Task An_error_of_the_framework_reaches_the_caller()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Callee.Throw("framework"));
        Assert.Equal("no", error.Message);
    }

    [Fact]
    public async Task A_marked_error_reaches_the_caller_with_its_members()
    {
        var error = await Assert.ThrowsAsync<RefusedException>(() => Callee.Throw("marked"));
        Assert.Equal(42, error.Code);
    }

    [Fact]
    public async Task An_error_that_cannot_be_sent_becomes_a_codec_error()
    {
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => Callee.Throw("unmarked"));
        Assert.Contains(nameof(UnmarkedException), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_leaves_the_grain_usable()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Callee.Throw("framework"));
        Assert.Equal(2, await Callee.Double(1));
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_wait_and_the_callee_learns_it_in_a_turn()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Callee.WaitUntilCancelled("w", cancellation.Token);
        Assert.Equal("w starts", await _cluster.Board().NextAsync());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled in a turn", await _cluster.Board().NextAsync());
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_sent()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Callee.WaitUntilCancelled("w", new CancellationToken(canceled: true)));
        await Callee.Nothing();
        Assert.True(_cluster.Board().IsEmpty);
    }

    [Fact]
    public void References_to_one_grain_are_equal()
    {
        var one = _cluster.Client.GetGrain<ICallee>("x");
        var same = _cluster.Client.GetGrain<ICallee>("x");
        Assert.Equal(one, same);
        Assert.NotEqual(one, _cluster.Client.GetGrain<ICallee>("y"));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.Equal(GrainId.Create("callee", "x"), one.GetGrainId());
        Assert.Equal("callee/x", one.GetGrainId().ToString());
    }

    [Fact]
    public async Task A_stopped_silo_refuses_calls()
    {
        var callee = Callee;
        await _cluster.StopSilosAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => callee.KeyOf());
    }

    [Fact]
    public void An_interface_without_grain_class_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => _cluster.Client.GetGrain<INobody>("x"));
        Assert.Contains(nameof(INobody), error.Message, StringComparison.Ordinal);
    }

    [Alias("tests.nobody")]
    internal interface INobody : IGrainWithStringKey;
}
