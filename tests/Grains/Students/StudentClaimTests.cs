using Orleans.Runtime;
using Orleans.Storage;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Snapshots;
using Reflux.Grains.Students;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Students;

/// <summary>One writer: whatever races, at most one silo can publish.</summary>
public sealed class StudentClaimTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private static readonly TrainerReport Running = new() { State = "running", Message = "" };

    [Fact]
    public async Task The_same_silo_is_granted_at_once_with_a_higher_epoch()
    {
        var (student, definition) = await cluster.NewStudentAsync("same");
        var first = await student.Claim("a");
        var again = await student.Claim("a");
        Assert.True(first.Granted);
        Assert.True(again.Granted);
        Assert.Equal(first.Epoch + 1, again.Epoch);
        Assert.Equal(definition, again.Definition.Read());
    }

    [Fact]
    public async Task Another_silo_waits_for_the_lease()
    {
        var (student, _) = await cluster.NewStudentAsync("other");
        var holder = await student.Claim("a");
        var refused = await student.Claim("b");
        Assert.False(refused.Granted);
        Assert.Equal("a", refused.Owner);

        cluster.Time.Forward(Lease.Duration / 2);
        Assert.False((await student.Report(holder.Epoch, Running)).Superseded);
        cluster.Time.Forward(Lease.Duration * 0.9);
        Assert.False((await student.Claim("b")).Granted);
        cluster.Time.Forward(Lease.Duration * 0.2);
        var taken = await student.Claim("b");
        Assert.True(taken.Granted);
        Assert.True((await student.Report(holder.Epoch, Running)).Superseded);
        Assert.False((await student.Report(taken.Epoch, Running)).Superseded);
    }

    [Fact]
    public async Task A_new_activation_gives_the_holder_a_full_lease()
    {
        var (student, _) = await cluster.NewStudentAsync("moved");
        await student.Claim("a");
        cluster.Time.Forward(Lease.Duration);
        await cluster.DeactivateAsync(student);
        Assert.False((await student.Claim("b")).Granted);
    }

    [Fact]
    public async Task A_released_student_is_free()
    {
        var (student, _) = await cluster.NewStudentAsync("freed");
        var holder = await student.Claim("a");
        await student.Release(holder.Epoch - 1);
        Assert.False((await student.Claim("b")).Granted);
        await student.Release(holder.Epoch);
        Assert.True((await student.Report(holder.Epoch, Running)).Superseded);
        Assert.True((await student.Claim("b")).Granted);
    }

    [Fact]
    public async Task Of_racing_claims_one_is_granted()
    {
        var (student, _) = await cluster.NewStudentAsync("race");
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => student.Claim($"silo-{i}")));
        Assert.Single(claims, c => c.Granted);
    }

    [Fact]
    public async Task A_claim_on_state_that_another_activation_changed_is_lost()
    {
        var (student, _) = await cluster.NewStudentAsync("twin");
        await student.Claim("a");

        // the other activation of a split cluster has written meanwhile
        var id = student.GetGrainId();
        var seen = new GrainState<StudentState>();
        await cluster.Storage.ReadStateAsync("student", id, seen);
        seen.State = seen.State! with { Epoch = 9, Owner = "b" };
        await cluster.Storage.WriteStateAsync("student", id, seen);

        await Assert.ThrowsAsync<InconsistentStateException>(() => student.Claim("a"));
        var view = await student.View();
        Assert.Equal((9L, "b"), (view!.Epoch, view.Owner));
    }

    [Fact]
    public async Task A_superseded_trainer_can_publish_nothing_from_the_moment_of_the_claim()
    {
        var (student, definition) = await cluster.NewStudentAsync("zombie");
        var snapshots = cluster.Snapshots("zombie");
        var old = await student.Claim("a");
        await snapshots.Commit(old.Epoch, Commit(definition.Id, "m1"));
        var heir = await student.Claim("a");

        var fault = await Assert.ThrowsAsync<GrainFault>(() => snapshots.Commit(old.Epoch, Commit(definition.Id, "m2")));
        Assert.Equal(ErrorCodes.StaleEpoch, fault.Code);
        Assert.Equal(2, (await snapshots.Commit(heir.Epoch, Commit(definition.Id, "m3"))).Version);
    }

    [Fact]
    public async Task A_deleted_students_trainer_is_fenced_off_and_its_heir_starts_anew()
    {
        var (student, first) = await cluster.NewStudentAsync("reborn");
        var old = await student.Claim("a");
        await cluster.Snapshots("reborn").Commit(old.Epoch, Commit(first.Id, "m1"));
        await student.Delete();
        Assert.True((await student.Report(old.Epoch, Running)).Superseded);
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => cluster.Snapshots("reborn").Commit(old.Epoch, Commit(first.Id, "m2")))).Code);

        var second = await cluster.CreateStudentAsync("reborn", "reborn");
        Assert.True((await student.Report(old.Epoch, Running)).Superseded);
        var heir = await student.Claim("a");
        Assert.True(heir.Epoch > old.Epoch);
        Assert.Empty(await cluster.Snapshots("reborn").List());
        Assert.Equal(2, (await cluster.Snapshots("reborn").Commit(heir.Epoch, Commit(second.Id, "m3"))).Version);
    }

    private static CommitRequest Commit(Guid student, string manifest) => new() { StudentId = student, Manifest = manifest, Step = 1 };
}
