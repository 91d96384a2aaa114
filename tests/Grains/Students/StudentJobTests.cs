using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Students;

public sealed class StudentJobTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    private static readonly TrainerReport Running = new() { State = "running", Message = "" };
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_job_goes_to_the_holder_and_its_result_to_whoever_waits()
    {
        var (student, _) = await cluster.NewStudentAsync("worked");
        var claim = await student.Claim("a");
        var id = await student.Submit(StudentJobKinds.Evaluation, "{\"x\":1}");
        Assert.False((await student.Job(id, AtOnce)).Done);

        // the waiting call must not keep the holder's calls out
        var waiting = student.Job(id, Patience);
        var job = Assert.Single((await student.Report(claim.Epoch, Running)).Jobs);
        Assert.Equal((id, StudentJobKinds.Evaluation, "{\"x\":1}"), (job.Id, job.Kind, job.ArgumentsJson));
        Assert.Single((await student.Report(claim.Epoch, Running)).Jobs);
        await student.Complete(claim.Epoch, id, JobOutcome.Of("{\"y\":2}"));

        Assert.Equal("{\"y\":2}", (await waiting).ResultJson);
        Assert.Empty((await student.Report(claim.Epoch, Running)).Jobs);
        await student.Complete(claim.Epoch, id, JobOutcome.Of("late"));
        Assert.Equal("{\"y\":2}", (await student.Job(id, AtOnce)).ResultJson);
    }

    [Fact]
    public async Task Jobs_come_in_the_order_of_their_submission_and_pass_to_the_next_holder()
    {
        var (student, _) = await cluster.NewStudentAsync("order");
        var old = await student.Claim("a");
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await student.Submit(StudentJobKinds.Accounting, "{}"));
        }

        var heir = await student.Claim("a");
        Assert.Equal(ErrorCodes.StaleEpoch, (await Assert.ThrowsAsync<GrainFault>(() => student.Complete(old.Epoch, ids[0], JobOutcome.Of("1")))).Code);
        Assert.Equal(ids, (await student.Report(heir.Epoch, Running)).Jobs.Select(j => j.Id));
    }

    [Fact]
    public async Task A_failed_job_says_why()
    {
        var (student, _) = await cluster.NewStudentAsync("failing");
        var claim = await student.Claim("a");
        var id = await student.Submit(StudentJobKinds.Snapshot, "{}");
        await student.Complete(claim.Epoch, id, JobOutcome.Failed(new RefluxException(ErrorCodes.StaleEpoch, "what", "do")));
        var outcome = await student.Job(id, AtOnce);
        Assert.Equal((true, ErrorCodes.StaleEpoch, "what", "do"), (outcome.Done, outcome.ErrorCode, outcome.ErrorMessage, outcome.Remedy));
    }

    [Fact]
    public async Task Without_a_holder_there_are_no_jobs()
    {
        var (student, _) = await cluster.NewStudentAsync("idle");
        Assert.Equal(ErrorCodes.StudentNotRunning, await CodeOfSubmit(student));
        await student.Claim("a");
        await student.Submit(StudentJobKinds.Holdout, "{}");
        cluster.Time.Forward(Lease.Duration);
        Assert.Equal(ErrorCodes.StudentNotRunning, await CodeOfSubmit(student));
    }

    [Fact]
    public async Task A_deleted_student_fails_its_jobs()
    {
        var (student, _) = await cluster.NewStudentAsync("gone");
        await student.Claim("a");
        var id = await student.Submit(StudentJobKinds.Holdout, "{}");
        var waiting = student.Job(id, Patience);
        await student.Delete();
        Assert.Equal(ErrorCodes.StudentNotFound, (await waiting).ErrorCode);
    }

    [Fact]
    public async Task Ended_jobs_are_forgotten_after_a_minute_and_unknown_ones_are_an_error()
    {
        var (student, _) = await cluster.NewStudentAsync("forgetful");
        var claim = await student.Claim("a");
        var id = await student.Submit(StudentJobKinds.Holdout, "{}");
        await student.Complete(claim.Epoch, id, JobOutcome.Of("{}"));
        cluster.Time.Forward(TimeSpan.FromSeconds(61));
        await student.Report(claim.Epoch, Running);
        await student.Submit(StudentJobKinds.Holdout, "{}");
        Assert.Equal(ErrorCodes.JobNotFound, (await Assert.ThrowsAsync<GrainFault>(() => student.Job(id, AtOnce))).Code);
    }

    [Fact]
    public async Task Waiting_jobs_are_bounded()
    {
        var (student, _) = await cluster.NewStudentAsync("full");
        await student.Claim("a");
        for (var i = 0; i < JobBoard.Capacity; i++)
        {
            await student.Submit(StudentJobKinds.Holdout, "{}");
        }

        Assert.Equal(ErrorCodes.BackPressure, await CodeOfSubmit(student));
    }

    private static async Task<string> CodeOfSubmit(IStudentGrain student) =>
        (await Assert.ThrowsAsync<GrainFault>(() => student.Submit(StudentJobKinds.Holdout, "{}"))).Code;
}
