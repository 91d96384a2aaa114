using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Grains.Tests.Support;

namespace Reflux.Grains.Tests.Students;

public sealed class StudentGrainTests(GrainCluster cluster) : IClassFixture<GrainCluster>
{
    [Fact]
    public async Task A_student_is_created_paused_resumed_and_deleted()
    {
        var (student, created) = await cluster.NewStudentAsync("life");
        Assert.False(created.Student!.Paused);
        Assert.Matches("^[0-9a-f]{64}$", created.Student.SpecHash);

        var paused = (await student.Pause()).Read();
        Assert.True(paused.Student!.Paused);
        Assert.Equal(2, paused.Revision);
        Assert.Equal(2, (await student.Pause()).Read().Revision);
        Assert.False((await student.Resume(acceptGap: false)).Read().Student!.Paused);

        await student.Delete();
        Assert.Null(await student.Get());
        Assert.Null(await student.View());
        Assert.Equal(ErrorCodes.StudentNotFound, (await Assert.ThrowsAsync<GrainFault>(student.Pause)).Code);
    }

    [Fact]
    public async Task Its_state_outlives_its_activation()
    {
        var (student, _) = await cluster.NewStudentAsync("kept");
        await student.Claim("silo");
        await student.Pause();
        await cluster.DeactivateAsync(student);
        var view = await student.View();
        Assert.Equal((1L, "silo", "paused"), (view!.Epoch, view.Owner, view.State));
    }

    [Fact]
    public async Task The_view_follows_the_reports()
    {
        var (student, _) = await cluster.NewStudentAsync("viewed");
        Assert.Equal("starting", (await student.View())!.State);
        var claim = await student.Claim("silo");
        await student.Report(claim.Epoch, new TrainerReport { State = "running", Message = "", ProgressJson = "{\"step\":7}" });
        var running = await student.View();
        Assert.Equal(("running", "{\"step\":7}"), (running!.State, running.ProgressJson));

        await student.Pause();
        Assert.Equal("paused", (await student.View())!.State);
        await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "disk full" });
        var failed = await student.View();
        Assert.Equal(("failed", "disk full"), (failed!.State, failed.Message));

        await student.Resume(acceptGap: false);
        await student.Report(claim.Epoch, new TrainerReport { State = "running", Message = "" });
        cluster.Time.Forward(Lease.Duration);
        var silent = await student.View();
        Assert.Equal("starting", silent!.State);
        Assert.Contains("silo", silent.Message);
    }

    [Fact]
    public async Task A_trainer_that_needs_a_person_pauses_its_student_with_the_message_until_it_is_resumed()
    {
        var (student, created) = await cluster.NewStudentAsync("stuck");
        var claim = await student.Claim("silo");

        var directive = await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "another log", Pauses = true, Revision = created.Revision });

        Assert.True(directive.Paused);
        await cluster.DeactivateAsync(student);
        var paused = await student.View();
        Assert.Equal(("paused", "another log"), (paused!.State, paused.Message));
        await student.Resume(acceptGap: false);
        await student.Pause();
        Assert.Contains("by its owner", (await student.View())!.Message);
    }

    [Fact]
    public async Task A_gap_that_paused_it_is_accepted_once_and_for_its_place_only()
    {
        var (student, created) = await cluster.NewStudentAsync("gap");
        var claim = await student.Claim("silo");
        var nothing = await Assert.ThrowsAsync<GrainFault>(() => student.Resume(acceptGap: true));
        Assert.Equal(ErrorCodes.NoGap, nothing.Code);
        var gap = new Position(new LogId(Guid.NewGuid(), 3), 7);

        var paused = await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "a gap", Pauses = true, Gap = $"{gap}", Revision = created.Revision });
        Assert.Equal((true, null), (paused.Paused, paused.AcceptedGap));
        await student.Resume(acceptGap: false);
        var resumedOnce = await student.Report(claim.Epoch, new TrainerReport { State = "starting", Message = "" });
        Assert.Null(resumedOnce.AcceptedGap);

        await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "a gap", Pauses = true, Gap = $"{gap}", Revision = resumedOnce.Revision });
        await cluster.DeactivateAsync(student);
        var resumed = (await student.Resume(acceptGap: true)).Read().Student!;
        Assert.Equal((false, null, gap), (resumed.Paused, resumed.Gap, resumed.AcceptedGap));
        Assert.Equal($"{gap}", (await student.Report(claim.Epoch, new TrainerReport { State = "starting", Message = "" })).AcceptedGap);
        Assert.Equal(ErrorCodes.NoGap, (await Assert.ThrowsAsync<GrainFault>(() => student.Resume(acceptGap: true))).Code);
    }

    [Fact]
    public async Task A_report_that_comes_after_the_resume_it_was_sent_before_does_not_pause_again()
    {
        var (student, created) = await cluster.NewStudentAsync("late");
        var claim = await student.Claim("silo");
        var failed = new TrainerReport { State = "failed", Message = "another log", Pauses = true, Revision = created.Revision };
        Assert.True((await student.Report(claim.Epoch, failed)).Paused);
        var resumed = (await student.Resume(acceptGap: false)).Read();

        var late = await student.Report(claim.Epoch, failed);
        Assert.Equal((false, resumed.Revision), (late.Paused, late.Revision));

        // the trainer that was tried again fails too
        Assert.True((await student.Report(claim.Epoch, failed with { Revision = resumed.Revision })).Paused);
    }

    [Fact]
    public async Task Resuming_a_student_whose_trainer_has_failed_has_it_tried_again()
    {
        var (student, created) = await cluster.NewStudentAsync("failed");
        var claim = await student.Claim("silo");
        await student.Resume(acceptGap: false);
        var running = await student.Report(claim.Epoch, new TrainerReport { State = "running", Message = "" });
        Assert.Equal(created.Revision, running.Revision);

        await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "no such base" });
        await student.Resume(acceptGap: false);

        var directive = await student.Report(claim.Epoch, new TrainerReport { State = "failed", Message = "no such base" });
        Assert.Equal((false, created.Revision + 1), (directive.Paused, directive.Revision));
    }

    [Fact]
    public async Task Equal_specs_have_equal_hashes_and_different_ones_do_not()
    {
        await cluster.CreateLaneAsync("hashes");
        var spec = GrainCluster.StudentSpec("hash-a", "hashes");
        var a = (await cluster.Student("hash-a").Create(GrainCluster.Json(spec))).Read().Student!.SpecHash;
        await cluster.Student("hash-a").Delete();
        Assert.Equal(a, (await cluster.Student("hash-a").Create(GrainCluster.Json(spec))).Read().Student!.SpecHash);
        await cluster.Student("hash-a").Delete();
        var other = spec with { Training = spec.Training with { Seed = 2 } };
        Assert.NotEqual(a, (await cluster.Student("hash-a").Create(GrainCluster.Json(other))).Read().Student!.SpecHash);
    }

    [Fact]
    public async Task A_base_of_two_kinds_or_none_is_refused()
    {
        await cluster.CreateLaneAsync("bases");
        var none = GrainCluster.StudentSpec("bases", "bases") with { Base = new BaseModelSpec() };
        var both = none with { Base = new BaseModelSpec { Directory = "d", Fresh = new FreshModelSpec { TokenizerFrom = "t" } } };
        foreach (var spec in new[] { none, both })
        {
            var fault = await Assert.ThrowsAsync<GrainFault>(() => cluster.Student("bases").Create(GrainCluster.Json(spec)));
            Assert.Equal(ErrorCodes.InvalidRequest, fault.Code);
            Assert.Contains("base", fault.Message);
        }
    }
}
