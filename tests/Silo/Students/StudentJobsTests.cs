using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;
using Reflux.Silo.Students;
using Reflux.Silo.Tests.Support;

namespace Reflux.Silo.Tests.Students;

/// <summary>How jobs are begun and answered. None of these needs a trainer; those that do are with <see cref="StudentRunnerTests"/>.</summary>
public sealed class StudentJobsTests : IDisposable
{
    private const long Epoch = 4;

    private readonly CancellationTokenSource _limit = new(Eventually.Patience);
    private readonly CapturedLog _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly PlayedStudent _student = new();
    private readonly StudentJobs _jobs;

    public StudentJobsTests()
    {
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _jobs = new StudentJobs(Epoch, () => _student.Grain, _loggers.CreateLogger<StudentJobs>());
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_job_while_no_trainer_runs_is_answered_with_that()
    {
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);

        _jobs.Start([job], trainer: null, _limit.Token);

        var (epoch, id, outcome) = await _student.OutcomeAsync(_limit.Token);
        Assert.Equal((Epoch, job.Id, ErrorCodes.StudentNotRunning), (epoch, id, outcome.ErrorCode));
        Assert.NotEmpty(outcome.Remedy!);
    }

    [Fact]
    public async Task A_job_that_is_still_named_after_its_end_runs_once()
    {
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);
        for (var answer = 0; answer < 3; answer++)
        {
            _jobs.Start([job], trainer: null, _limit.Token);
            await _jobs.EndAsync();
        }

        await _student.OutcomeAsync(_limit.Token);
        Assert.False(_student.HasOutcome);
    }

    [Fact]
    public async Task A_job_that_has_ended_and_is_no_longer_named_is_forgotten()
    {
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);
        _jobs.Start([job], trainer: null, _limit.Token);
        await _student.OutcomeAsync(_limit.Token);
        await _jobs.EndAsync();

        // a grain names no job again that it had dropped; here it does, since that is how forgetting shows
        _jobs.Start([], trainer: null, _limit.Token);
        _jobs.Start([job], trainer: null, _limit.Token);

        Assert.Equal(job.Id, (await _student.OutcomeAsync(_limit.Token)).Job);
    }

    [Fact]
    public async Task A_job_that_still_runs_is_kept_and_waited_for_though_it_is_no_longer_named()
    {
        var taken = new TaskCompletionSource();
        _student.TakesOutcomes = taken.Task;
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);
        _jobs.Start([job], trainer: null, _limit.Token);
        await _student.OutcomeAsync(_limit.Token);

        _jobs.Start([], trainer: null, _limit.Token);
        _jobs.Start([job], trainer: null, _limit.Token);
        var end = _jobs.EndAsync();

        Assert.False(_student.HasOutcome);
        Assert.False(end.IsCompleted);
        taken.SetResult();
        await end.WaitAsync(_limit.Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_the_grain_does_not_take_is_logged_and_hurts_nobody(bool away)
    {
        _student.TakesOutcomes = Task.FromException(away ? new TimeoutException("no answer") : new GrainFault(ErrorCodes.StaleEpoch, "taken over", "stop"));
        var job = PlayedStudent.Job(StudentJobKinds.Accounting);

        _jobs.Start([job], trainer: null, _limit.Token);
        await _jobs.EndAsync().WaitAsync(_limit.Token);

        Assert.Contains(job.Id.ToString(), _log.Text, StringComparison.Ordinal);
    }
}
