using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Teachers;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Teachers;

public sealed class TeacherGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task A_teacher_belongs_to_a_lane()
    {
        var lane = await cluster.CreateLaneAsync("lane");
        var teacher = await cluster.CreateTeacherAsync("teacher", "lane");
        Assert.Equal(lane.Id, teacher.Teacher!.Lane);
        await cluster.Teacher("teacher").Delete();
        Assert.Null(await cluster.Teacher("teacher").Get());
    }

    [Fact]
    public async Task A_teacher_of_no_lane_is_refused()
    {
        var fault = await Assert.ThrowsAsync<GrainFault>(() => cluster.CreateTeacherAsync("lonely", "nowhere"));
        Assert.Equal(ErrorCodes.LaneNotFound, fault.Code);
        Assert.Null(await cluster.Teacher("lonely").Get());
    }

    [Fact]
    public async Task Reports_are_listed_until_their_silo_falls_silent()
    {
        var teacher = cluster.Teacher("reported");
        await teacher.Report(new TeacherReport { Silo = "b", State = "loading", Message = "" });
        await teacher.Report(new TeacherReport { Silo = "a", State = "running", Message = "", Answered = 3 });
        await teacher.Report(new TeacherReport { Silo = "b", State = "running", Message = "" });
        Assert.Equal([("a", "running"), ("b", "running")], (await teacher.Workers()).Select(w => (w.Silo, w.State)));

        cluster.Time.Forward(Lease.Duration);
        await teacher.Report(new TeacherReport { Silo = "b", State = "running", Message = "" });
        Assert.Equal("b", Assert.Single(await teacher.Workers()).Silo);
    }
}
