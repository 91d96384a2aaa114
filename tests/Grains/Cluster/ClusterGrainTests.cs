using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Cluster;

public sealed class ClusterGrainTests : IAsyncLifetime
{
    private readonly GrainCluster _cluster = new(labelPartitions: 2);

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Each_lane_has_a_partition_of_its_own_until_there_is_none()
    {
        var first = await _cluster.Registry.RegisterLane("one");
        var second = await _cluster.Registry.RegisterLane("two");
        Assert.Equal([0, 1], new[] { first.LabelPartition, second.LabelPartition }.Order());

        var fault = await Assert.ThrowsAsync<GrainFault>(() => _cluster.CreateLaneAsync("three"));
        Assert.Equal(ErrorCodes.NoFreePartition, fault.Code);
        Assert.Contains("three", fault.Message);
        Assert.NotEmpty(fault.Remedy);
        Assert.Equal(2, (await _cluster.Registry.List()).Count);
    }

    [Fact]
    public async Task Registering_again_after_a_lost_reply_answers_with_the_same_entry()
    {
        var first = await _cluster.Registry.RegisterLane("one");
        Assert.Equal(first, await _cluster.Registry.RegisterLane("one"));
        var student = await _cluster.Registry.RegisterMember(DefinitionKind.Student, "s", "one");
        Assert.Equal(student, await _cluster.Registry.RegisterMember(DefinitionKind.Student, "s", "one"));
        Assert.Equal(first.Id, student.LaneId);
    }

    [Fact]
    public async Task A_deleted_lanes_partition_does_not_return()
    {
        var first = await _cluster.Registry.RegisterLane("one");
        await _cluster.Registry.Unregister(DefinitionKind.Lane, "one");
        var again = await _cluster.Registry.RegisterLane("one");
        Assert.NotEqual(first.Id, again.Id);
        Assert.NotEqual(first.LabelPartition, again.LabelPartition);
    }

    [Fact]
    public async Task The_registry_outlives_its_activation()
    {
        var first = await _cluster.Registry.RegisterLane("one");
        await _cluster.DeactivateAsync(_cluster.Registry);
        Assert.Equal([first], await _cluster.Registry.List());
    }

    [Fact]
    public async Task A_lane_has_one_teacher()
    {
        await _cluster.Registry.RegisterLane("one");
        await _cluster.Registry.RegisterMember(DefinitionKind.Teacher, "t", "one");
        var fault = await Assert.ThrowsAsync<GrainFault>(() => _cluster.Registry.RegisterMember(DefinitionKind.Teacher, "u", "one"));
        Assert.Equal(ErrorCodes.NameTaken, fault.Code);
        Assert.Contains("'t'", fault.Message);
    }
}
