using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Definitions;

public sealed class AnnouncementTests : IAsyncLifetime
{
    private readonly GrainCluster _cluster = new(labelPartitions: 8);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_stored_is_sent_and_a_tombstone_too()
    {
        var created = await _cluster.CreateLaneAsync("sent");
        Assert.Equal(created, await _cluster.Log.NextAsync("sent"));
        await _cluster.Lane("sent").Delete();
        var tombstone = await _cluster.Log.NextAsync("sent");
        Assert.Equal((created.Id, true, 2L), (tombstone.Id, tombstone.Deleted, tombstone.Revision));
    }

    [Fact]
    public async Task An_activation_sends_again()
    {
        var created = await _cluster.CreateLaneAsync("woken");
        await _cluster.Log.NextAsync("woken");
        await _cluster.DeactivateAsync(_cluster.Lane("woken"));
        await _cluster.Lane("woken").Get();
        Assert.Equal(created, await _cluster.Log.NextAsync("woken"));
    }

    [Fact]
    public async Task An_announcement_on_request_sends_again()
    {
        var created = await _cluster.CreateLaneAsync("asked");
        await _cluster.Log.NextAsync("asked");
        await _cluster.Lane("asked").Announce();
        Assert.Equal(created, await _cluster.Log.NextAsync("asked"));
    }

    [Fact]
    public async Task A_log_that_is_away_keeps_nobody_waiting_and_gets_the_newest_revision_when_it_is_back()
    {
        _cluster.Log.Away = true;
        await _cluster.NewStudentAsync("patient");
        Assert.Equal("patient", await _cluster.Log.NextRefusalAsync());
        var paused = (await _cluster.Student("patient").Pause()).Read();
        _cluster.Log.Away = false;

        var sent = await _cluster.Log.NextAsync("patient");
        while (sent.Student is null || sent.Revision < paused.Revision)
        {
            sent = await _cluster.Log.NextAsync("patient");
        }

        Assert.Equal(paused, sent);
    }

    [Fact]
    public async Task A_grain_that_was_never_created_sends_nothing()
    {
        await _cluster.Lane("nobody").Announce();
        var created = await _cluster.CreateLaneAsync("somebody");
        Assert.Equal(created, await _cluster.Log.NextAsync("somebody"));
        Assert.Null(await _cluster.Lane("nobody").Get());
    }
}
