using System.Net;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Http;

/// <summary>The good cases, through the client library.</summary>
public sealed class LifecycleTests(TestSilo silo) : IClassFixture<TestSilo>
{
    private static readonly TrainerReport Running = new() { State = "running", Message = "" };

    [Fact]
    public async Task Lanes_teachers_and_students_are_created_listed_read_and_deleted()
    {
        var client = silo.Client;
        var lane = await client.CreateLaneAsync(new LaneSpec { Name = "support", Draws = 20 });
        var teacher = await client.CreateTeacherAsync(new TeacherSpec { Name = "support-teacher", Lane = "support", Model = "/nowhere/teacher" });
        var student = await client.CreateStudentAsync(TestSilo.StudentSpec("support-student", "support"));
        Assert.Equal(20, lane.Lane!.Spec.Draws);
        Assert.Equal(lane.Id, teacher.Teacher!.Lane);
        Assert.Equal(lane.Id, student.Student!.Lane);

        Assert.Contains(lane, await client.ListAsync(DefinitionKind.Lane));
        Assert.Contains(teacher, await client.ListAsync(DefinitionKind.Teacher));
        Assert.Contains(student, await client.ListAsync(DefinitionKind.Student));
        Assert.Equal(lane, await client.GetDefinitionAsync(DefinitionKind.Lane, "support"));
        Assert.Equal(teacher, await client.GetDefinitionAsync(DefinitionKind.Teacher, "support-teacher"));

        var inUse = await Assert.ThrowsAsync<RefluxApiException>(() => client.DeleteAsync(DefinitionKind.Lane, "support"));
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.LaneInUse), (inUse.Status, inUse.Code));
        var taken = await Assert.ThrowsAsync<RefluxApiException>(() => client.CreateLaneAsync(new LaneSpec { Name = "support" }));
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NameTaken), (taken.Status, taken.Code));

        await client.DeleteAsync(DefinitionKind.Student, "support-student");
        await client.DeleteAsync(DefinitionKind.Teacher, "support-teacher");
        await client.DeleteAsync(DefinitionKind.Lane, "support");
        Assert.DoesNotContain(lane, await client.ListAsync(DefinitionKind.Lane));
    }

    [Fact]
    public async Task A_created_entity_is_at_its_location()
    {
        using var response = await silo.PostAsync("/v1/lanes", "{\"name\":\"located\"}");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        using var read = await silo.Http.GetAsync(response.Headers.Location);
        Assert.Equal(await response.Content.ReadAsStringAsync(), await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_students_status_follows_its_trainer()
    {
        var definition = await silo.NewStudentAsync("followed");
        var status = await silo.Client.StudentAsync("followed");
        Assert.Equal(("starting", 0L, null), (status.State, status.Epoch, status.Silo));

        var grain = silo.Grains.GetGrain<IStudentGrain>("followed");
        var claim = await grain.Claim("here");
        await grain.Report(claim.Epoch, Running);
        status = await silo.Client.StudentAsync("followed");
        Assert.Equal(("running", 1L, "here"), (status.State, status.Epoch, status.Silo));
        Assert.Equal(definition, status.Definition);

        await silo.Client.PauseAsync("followed");
        Assert.True((await grain.Report(claim.Epoch, Running)).Paused);
        Assert.Equal("paused", (await silo.Client.StudentAsync("followed")).State);
        var nothing = await Assert.ThrowsAsync<RefluxApiException>(() => silo.Client.ResumeAsync("followed", acceptGap: true));
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NoGap), (nothing.Status, nothing.Code));
        await silo.Client.ResumeAsync("followed");
        Assert.False((await grain.Report(claim.Epoch, Running)).Paused);
    }

    [Fact]
    public async Task A_gap_is_accepted_over_http()
    {
        await silo.NewStudentAsync("gapped");
        var grain = silo.Grains.GetGrain<IStudentGrain>("gapped");
        var claim = await grain.Claim("here");
        var gap = new Position(new LogId(Guid.NewGuid(), 3), 7);
        await grain.Report(claim.Epoch, Running with { State = "failed", Message = "a gap", Pauses = true, Gap = $"{gap}", Revision = 1 });
        Assert.Equal(gap, (await silo.Client.StudentAsync("gapped")).Definition.Student!.Gap);

        await silo.Client.ResumeAsync("gapped", acceptGap: true);

        Assert.Equal($"{gap}", (await grain.Report(claim.Epoch, Running)).AcceptedGap);
    }

    [Fact]
    public async Task A_jobs_result_and_error_reach_the_client()
    {
        await silo.NewStudentAsync("asked");
        var grain = silo.Grains.GetGrain<IStudentGrain>("asked");
        var claim = await grain.Claim("here");
        var ids = new[] { Id128.Random(), Id128.Random() };

        var waiting = silo.Client.HoldoutAsync("asked");
        await AnswerAsync(grain, claim.Epoch, StudentJobKinds.Holdout, JobOutcome.Of(TestSilo.Json(new HoldoutList(ids))));
        Assert.Equal(ids, await waiting);

        var failing = silo.Client.TakeSnapshotAsync("asked", publish: true);
        await AnswerAsync(grain, claim.Epoch, StudentJobKinds.Snapshot, JobOutcome.Failed(new RefluxException(ErrorCodes.StaleEpoch, "too weak", "train longer")));
        var error = await Assert.ThrowsAsync<RefluxApiException>(() => failing);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.StaleEpoch, "too weak", "train longer"), (error.Status, error.Code, error.Message, error.Remedy));
    }

    [Fact]
    public async Task A_teachers_silos_are_listed()
    {
        await silo.NewLaneAsync("taught");
        await silo.Client.CreateTeacherAsync(new TeacherSpec { Name = "taught", Lane = "taught", Model = "/nowhere/teacher" });
        await silo.Grains.GetGrain<ITeacherGrain>("taught").Report(new TeacherReport { Silo = "x", State = "failed", Message = "no file", Answered = 2 });
        var body = await silo.Http.GetStringAsync("/v1/teachers/taught/status");
        Assert.Contains("{\"silo\":\"x\",\"state\":\"failed\",\"message\":\"no file\",\"answered\":2}", body);
    }

    [Fact]
    public async Task Info_says_what_runs()
    {
        var info = await silo.Client.InfoAsync();
        Assert.Equal(("v1", "memory"), (info.ApiVersion, info.Durability));
        Assert.Equal(["gateway"], info.Roles);
        Assert.Contains("Orleans", info.Engine.Orleans);
        Assert.Contains("librdkafka 2.", info.Engine.Kafka);
    }

    [Theory]
    [InlineData("startup")]
    [InlineData("ready")]
    [InlineData("live")]
    public async Task A_silo_that_works_is_healthy(string probe)
    {
        using var response = await silo.Http.GetAsync($"/health/{probe}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"ok\"", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Reports until the job arrives, as a trainer does, and answers it.</summary>
    private static async Task AnswerAsync(IStudentGrain grain, long epoch, string kind, JobOutcome outcome)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            if ((await grain.Report(epoch, Running)).Jobs.Find(j => j.Kind == kind) is { } job)
            {
                await grain.Complete(epoch, job.Id, outcome);
                return;
            }
        }
    }
}
