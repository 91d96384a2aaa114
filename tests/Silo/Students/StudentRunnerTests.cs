using System.Text.Json;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Silo.Tests.Support;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Students;

public sealed class StudentRunnerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _runs = [];
    private StudentSite _site = null!;
    private Definition _student = null!;

    private PlayedStudent Grain => _site.Grains.Student(_student.Name);

    public async Task InitializeAsync()
    {
        _site = await StudentSite.OpenAsync();
        _student = _site.NewStudent("pupil");
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _site.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task It_claims_trains_the_lanes_records_reports_and_leaves_with_a_checkpoint()
    {
        _site.Define();
        await _site.AppendLabelsAsync(4);
        await _site.AppendLabelsAsync(5);
        Start(_student);

        Assert.Equal(StudentSite.Silo, await Grain.ClaimAsync(_site.Limit));
        var (epoch, report) = await SteppedAsync(2);
        var progress = StudentSite.Progress(report)!;
        Assert.Equal(1, epoch);
        Assert.Equal((8, 2, 2, 0), (progress.TrainedSequences, progress.LabelRecords, progress.Next.Offset, progress.DeadLetters));
        Assert.NotEqual(0, progress.Loss);

        await StopAsync();
        Assert.Equal(1, await Grain.ReleaseAsync(_site.Limit));
        var checkpoint = await _site.CheckpointAsync(_student);
        Assert.Equal((1, 2, 2), (checkpoint.Epoch, checkpoint.Step, checkpoint.Next!.Value.Offset));
        Assert.Equal(2, await _site.SafePositionAsync(_student));
    }

    [Fact]
    public async Task It_says_what_it_waits_for_until_the_definitions_have_come()
    {
        await _site.AppendLabelsAsync(4);
        _site.Log.Catalog.Apply(_site.Log.Lane);
        Start(_student);

        var (_, report) = await Grain.ReportAsync(_ => true, _site.Limit);
        Assert.Equal("starting", report.State);
        Assert.Contains("teacher", report.Message, StringComparison.Ordinal);

        _site.Log.Catalog.Apply(_site.Log.Teacher);
        await SteppedAsync(1);
    }

    [Theory]
    [InlineData("another log", true, LogSite.LabelPartition, 0)]
    [InlineData("another log", false, LogSite.LabelPartition - 1, 0)]
    [InlineData("does not hold", false, LogSite.LabelPartition, 99)]
    public async Task A_position_that_its_lanes_log_does_not_have_asks_for_a_pause_with_a_message(string message, bool otherTopic, int partition, long offset)
    {
        _site.Define();
        var topic = otherTopic ? Guid.NewGuid() : _site.Log.Connection.KnownLogId(Topics.Labels, 0).Topic;
        var spec = _student.Student!.Spec with { From = new Position(new LogId(topic, partition), offset) };
        Start(_student with { Student = _student.Student with { Spec = spec } });

        var (_, report) = await Grain.ReportAsync(report => report.Pauses, _site.Limit);

        Assert.Equal("failed", report.State);
        Assert.Contains(message, report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_gap_leads_from_a_lost_log_into_the_one_in_its_place()
    {
        _site.Define();
        await _site.AppendLabelsAsync(4);
        var lost = new Position(new LogId(Guid.NewGuid(), LogSite.LabelPartition), 5);
        Start(_student with { Student = _student.Student! with { Spec = _student.Student.Spec with { From = lost } } });

        var (_, stuck) = await Grain.ReportAsync(report => report.Pauses, _site.Limit);
        Assert.Equal(($"{lost}", 1), (stuck.Gap, stuck.Revision));
        Assert.Contains("`reflux student resume pupil --accept-gap`", stuck.Message, StringComparison.Ordinal);
        Grain.Directive = PlayedStudent.Of(paused: true);
        await Grain.ReportAsync(report => report.State == "paused", _site.Limit);
        Grain.Directive = PlayedStudent.Of(revision: 2, acceptedGap: stuck.Gap);

        var (_, report) = await SteppedAsync(1);
        var passage = Assert.Single(StudentSite.Progress(report)!.Passages);
        Assert.Equal((lost, 0, true), (passage.Left, passage.Entered.Offset, passage.Gap));
        Assert.Equal(2, report.Revision);
    }

    [Fact]
    public async Task A_trainer_that_has_failed_is_tried_again_once_its_owner_resumes_the_student()
    {
        _site.Define();
        await _site.AppendLabelsAsync(4);
        var tokenizer = Path.Combine(_site.Log.Model, "tokenizer.json");
        File.Move(tokenizer, tokenizer + ".away");
        Start(_student);
        await Grain.ReportAsync(report => report.State == "failed", _site.Limit);
        File.Move(tokenizer + ".away", tokenizer);
        await Grain.ReportAsync(report => report.State == "failed", _site.Limit);

        Grain.Directive = PlayedStudent.Of(revision: 2);

        Assert.Equal(1, (await SteppedAsync(1)).Epoch);
    }

    [Fact]
    public async Task A_job_is_done_beside_the_training_and_answered_under_its_epoch()
    {
        _site.Define();
        await _site.AppendLabelsAsync(6);
        Start(_student);
        await SteppedAsync(1);
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);

        Grain.Directive = PlayedStudent.Of(job: job);

        var (epoch, id, outcome) = await Grain.OutcomeAsync(_site.Limit);
        Assert.Equal((1, job.Id), (epoch, id));
        var accounting = JsonSerializer.Deserialize<StudentAccounting>(outcome.ResultJson!, RefluxJson.Options)!;
        Assert.Equal((4, 2), (accounting.TrainedSequences, accounting.PendingSequences.Count));
    }

    [Fact]
    public async Task Paused_it_leaves_with_a_checkpoint_and_resumed_it_goes_on_to_the_bits_of_an_undisturbed_run()
    {
        _site.Define();
        await _site.AppendLabelsAsync(6);
        Start(_student);
        await SteppedAsync(1);

        Grain.Directive = PlayedStudent.Of(paused: true);
        var (epoch, report) = await Grain.ReportAsync(said => said.State == "paused", _site.Limit);
        Assert.Equal((1, "by request"), (epoch, report.Message));
        Assert.Equal(1, (await _site.CheckpointAsync(_student)).Step);
        Assert.Equal(1, await _site.SafePositionAsync(_student));

        var job = PlayedStudent.Job(StudentJobKinds.Accounting);
        Grain.Directive = PlayedStudent.Of(paused: true, job: job);
        var refused = await Grain.OutcomeAsync(_site.Limit);
        Assert.Equal((job.Id, ErrorCodes.StudentNotRunning), (refused.Job, refused.Outcome.ErrorCode));

        await _site.AppendLabelsAsync(6);
        Grain.Directive = PlayedStudent.Of();
        var resumed = await SteppedAsync(3);
        var progress = StudentSite.Progress(resumed.Report)!;
        Assert.Equal((1, 12, 2, 0), (resumed.Epoch, progress.TrainedSequences, progress.LabelRecords, progress.DuplicateSequences));
        Assert.False(Grain.Released);

        var undisturbed = _site.NewStudent("undisturbed");
        Start(undisturbed);
        await _site.Grains.Student(undisturbed.Name).ReportAsync(said => StudentSite.HasStepped(said, 3), _site.Limit);
        await StopAsync();
        var (resumedFiles, undisturbedFiles) = ((await _site.CheckpointAsync(_student)).Files, (await _site.CheckpointAsync(undisturbed)).Files);
        Assert.Equal(undisturbedFiles.OrderBy(file => file.Key), resumedFiles.OrderBy(file => file.Key));
    }

    [Fact]
    public async Task A_holder_that_was_overtaken_leaves_without_a_trace_and_asks_again()
    {
        _site.Define();
        await _site.AppendLabelsAsync(6);
        Start(_student);
        await Grain.ClaimAsync(_site.Limit);
        await SteppedAsync(1);

        Grain.TakeOver();

        await Grain.ClaimAsync(_site.Limit);
        Assert.False(Grain.Released);
        Assert.Equal(0, Grain.Commits);
        Assert.Null(await _site.SafePositionAsync(_student));
        await Grain.ReportAsync(report => report.State == "starting", _site.Limit);
        Assert.Equal(3, (await SteppedAsync(1)).Epoch);
        var checkpoint = await _site.CheckpointAsync(_student);
        Assert.Equal((1, 0), (checkpoint.Epoch, checkpoint.Step));
    }

    [Fact]
    public async Task A_job_that_fails_for_a_reason_of_its_own_is_answered_and_the_student_is_given_up_in_order_later()
    {
        _site.Define();
        await _site.AppendLabelsAsync(4);
        Start(_student);
        await SteppedAsync(1);
        var job = PlayedStudent.Job(StudentJobKinds.Snapshot);

        Grain.CommitEndsIn = new TimeoutException("no answer");
        Grain.Directive = PlayedStudent.Of(job: job);

        var (_, id, outcome) = await Grain.OutcomeAsync(_site.Limit);
        Assert.Equal((job.Id, ErrorCodes.Timeout, 1), (id, outcome.ErrorCode, Grain.Commits));
        await StopAsync();
        Assert.Equal(1, await Grain.ReleaseAsync(_site.Limit));
    }

    public static TheoryData<Exception> Silences => new(
        new TimeoutException("no answer"), new Orleans.Runtime.OrleansException("the cluster is away"), new GrainFault(ErrorCodes.StudentNotFound, "not there", "wait"));

    [Theory]
    [MemberData(nameof(Silences))]
    public async Task A_grain_that_does_not_answer_is_asked_again_and_training_goes_on(Exception silence)
    {
        _site.Define();
        await _site.AppendLabelsAsync(4);
        Grain.Away = silence;
        Start(_student);
        await Grain.ClaimAsync(_site.Limit);
        await Grain.ClaimAsync(_site.Limit);
        Grain.Away = null;
        await SteppedAsync(1);
        while (Grain.Claimed)
        {
            await Grain.ClaimAsync(_site.Limit);
        }

        Grain.Away = silence;
        await _site.AppendLabelsAsync(4);
        await SteppedAsync(2);
        Grain.Away = null;
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);
        Grain.Directive = PlayedStudent.Of(job: job);

        Assert.Equal(job.Id, (await Grain.OutcomeAsync(_site.Limit)).Job);
        Assert.False(Grain.Claimed);
        Assert.False(Grain.Released);
    }

    private void Start(Definition student) => _runs.Add(_site.NewRunner(student).RunAsync(_stop.Token));

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs).WaitAsync(_site.Limit);
    }

    private Task<(long Epoch, TrainerReport Report)> SteppedAsync(long steps) => Grain.ReportAsync(report => StudentSite.HasStepped(report, steps), _site.Limit);
}
