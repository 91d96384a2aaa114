using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Snapshots;

public sealed class SnapshotsGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private static readonly Guid Student = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [Fact]
    public async Task Versions_rise_by_one_and_latest_is_the_last_commit()
    {
        var snapshots = await NewAsync("rise");
        Assert.Null(await snapshots.Latest());
        var first = await snapshots.Commit(1, Request("m1", step: 10));
        var second = await snapshots.Commit(1, Request("m2", step: 20));
        Assert.Equal((1L, 2L), (first.Version, second.Version));
        Assert.Equal(second, await snapshots.Latest());
        Assert.Equal([first, second], await snapshots.List());
        Assert.Equal(first, await snapshots.Get(1));
        Assert.Equal(ErrorCodes.SnapshotNotFound, (await Assert.ThrowsAsync<GrainFault>(() => snapshots.Get(3))).Code);
    }

    [Fact]
    public async Task A_repeated_commit_is_the_same_version()
    {
        var snapshots = await NewAsync("repeat");
        var first = await snapshots.Commit(1, Request("m1"));
        Assert.Equal(first, await snapshots.Commit(1, Request("m1")));
        Assert.Single(await snapshots.List());
    }

    [Fact]
    public async Task A_lower_epoch_and_another_student_are_refused()
    {
        var snapshots = await NewAsync("stale");
        await snapshots.Fence(Student, 5);
        await snapshots.Commit(5, Request("m1"));
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => snapshots.Commit(4, Request("m2")))).Code);
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => snapshots.Fence(Student, 4))).Code);
        var stranger = Request("m2") with { StudentId = Guid.NewGuid() };
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => snapshots.Commit(5, stranger))).Code);
        Assert.Single(await snapshots.List());
    }

    [Fact]
    public async Task Rollback_publishes_an_older_version_as_a_new_one()
    {
        var snapshots = await NewAsync("rollback");
        var first = await snapshots.Commit(1, Request("m1"));
        await snapshots.Commit(1, Request("m2"));
        var rolled = await snapshots.Rollback(1);
        Assert.Equal((3L, first.Manifest, (long?)1), (rolled.Version, rolled.Manifest, rolled.RolledBackFrom));
        Assert.Equal(rolled, await snapshots.Latest());
        Assert.Equal(3, (await snapshots.List()).Count);

        // the trainer publishes the same weights again after the rollback: that is a version of its own
        Assert.Equal(4, (await snapshots.Commit(1, Request("m2"))).Version);
    }

    [Fact]
    public async Task The_catalogue_outlives_its_activation()
    {
        var snapshots = await NewAsync("kept");
        var first = await snapshots.Commit(1, Request("m1") with { Acceptance = 0.5 });
        await cluster.DeactivateAsync(snapshots);
        Assert.Equal([first], await snapshots.List());
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => snapshots.Commit(0, Request("m2")))).Code);
    }

    [Fact]
    public async Task Whoever_waits_for_a_newer_version_gets_it_when_it_is_committed()
    {
        var snapshots = await NewAsync("wait");
        var first = await snapshots.Commit(1, Request("m1"));
        Assert.Equal(first, await snapshots.Newer(0, TimeSpan.FromSeconds(20)));
        Assert.Null(await snapshots.Newer(1, TimeSpan.Zero));
        Assert.Null(await snapshots.Newer(1, TimeSpan.FromMilliseconds(20)));

        var waiting = snapshots.Newer(1, TimeSpan.FromSeconds(20));
        var second = await snapshots.Commit(1, Request("m2"));
        Assert.Equal(second, await waiting);
    }

    private static CommitRequest Request(string manifest, long step = 1) => new() { StudentId = Student, Manifest = manifest, Step = step };

    private async Task<ISnapshotsGrain> NewAsync(string name)
    {
        var snapshots = cluster.Snapshots(name);
        await snapshots.Fence(Student, 1);
        return snapshots;
    }
}
