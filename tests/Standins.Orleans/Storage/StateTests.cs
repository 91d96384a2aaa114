using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Storage;
using Orleans.TestingHost;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Storage;

public sealed class StateTests : IAsyncLifetime
{
    private InProcessTestCluster _cluster = null!;

    private ILedger Ledger => _cluster.Client.GetGrain<ILedger>("l");

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_new_grain_has_an_empty_state_without_version()
    {
        var (lines, etag, exists) = await Ledger.Read();
        Assert.Empty(lines);
        Assert.Null(etag);
        Assert.False(exists);
    }

    [Fact]
    public async Task Only_what_was_written_survives_the_activation()
    {
        await Ledger.Add("written", write: true);
        await Ledger.Add("not written", write: false);
        await _cluster.DeactivateAsync(Ledger);
        var (lines, etag, exists) = await Ledger.Read();
        Assert.Equal(["written"], lines);
        Assert.NotNull(etag);
        Assert.True(exists);
    }

    [Fact]
    public async Task Reading_again_drops_what_was_not_written()
    {
        await Ledger.Add("a", write: true);
        await Ledger.Add("b", write: false);
        await Ledger.Reload();
        Assert.Equal(["a"], (await Ledger.Read()).Lines);
    }

    [Fact]
    public async Task Clearing_removes_the_record_and_writing_makes_it_anew()
    {
        await Ledger.Add("a", write: true);
        await Ledger.Clear();
        var (lines, etag, exists) = await Ledger.Read();
        Assert.Empty(lines);
        Assert.Null(etag);
        Assert.False(exists);
        await Ledger.Add("b", write: true);
        Assert.Equal(["b"], (await Ledger.Read()).Lines);
    }

    [Fact]
    public async Task A_stale_writer_is_refused_and_its_next_activation_reads_anew()
    {
        await Ledger.Add("mine", write: true);
        await WriteBehindItsBack();
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => Ledger.Add("stale", write: true));
        Assert.NotEqual(error.StoredEtag, error.CurrentEtag);
        Assert.Equal(["theirs"], (await Ledger.Read()).Lines);
        await Ledger.Add("mine again", write: true);
        Assert.Equal(["theirs", "mine again"], (await Ledger.Read()).Lines);
    }

    [Fact]
    public async Task An_unknown_store_is_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<BadProviderConfigException>(_cluster.Client.GetGrain<IMisplaced>("m").Ping);
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    private async Task WriteBehindItsBack()
    {
        var storage = _cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>("Default");
        var state = new GrainState<Entries>();
        await storage.ReadStateAsync("entries", Ledger.GetGrainId(), state);
        state.State!.Lines = ["theirs"];
        await storage.WriteStateAsync("entries", Ledger.GetGrainId(), state);
    }
}
