using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Records;
using Reflux.Distillation.Snapshots;

namespace Reflux.Distillation.Training;

/// <summary>
/// The one live trainer of a student. Reads the lane's label log from the position inside its checkpoint, trains in log order, checkpoints and
/// publishes. Its weights depend on the spec, the base and the log alone: killed at any instant and started again, it reaches the same
/// bits at the same step.
/// </summary>
public sealed partial class StudentTrainer : IAsyncDisposable
{
    private readonly TrainerContext _context;
    private readonly ILogger _logger;
    private readonly Patience _patience;
    private readonly SnapshotEvaluator _evaluator;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<StudentSession> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SnapshotPublisher _publisher;
    private readonly JobGate _jobs = new();
    private Task _run = Task.CompletedTask;
    private volatile StudentSession? _session;
    private volatile TrainerProgress? _lastProgress;
    private volatile Exception? _fatal;
    private volatile TrainerState _state = TrainerState.Starting;
    private volatile bool _abandoned;

    /// <summary>Prepares a trainer; nothing happens until <see cref="Start"/>.</summary>
    public StudentTrainer(TrainerContext context)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger<StudentTrainer>();
        _patience = new Patience(context.Time, _logger);
        _publisher = new SnapshotPublisher(context);
        _evaluator = new SnapshotEvaluator(context);
    }

    /// <summary>Where it is in its life.</summary>
    public TrainerState State => _state;

    /// <summary>Why it failed; empty otherwise.</summary>
    public string Message { get; private set; } = "";

    /// <summary>True where it failed by something that only a person can mend: its student is to be paused, with the message.</summary>
    public bool NeedsAttention { get; private set; }

    /// <summary>Where it stands before a gap in its log that its owner may accept; null where it did not fail by one.</summary>
    public Position? Gap { get; private set; }

    /// <summary>What it has done so far; null until its student is in memory, and the last word after it has left.</summary>
    public TrainerProgress? Progress => _session?.Progress() ?? _lastProgress;

    /// <summary>Checkpoints begun between two steps, and how long the training loop stood still for all of them.</summary>
    public (long Count, TimeSpan Stall) Checkpoints => _session is { } session ? (session.Checkpoints, session.Checkpointing) : default;

    /// <summary>Completes when it has left, in whichever way; never faults.</summary>
    public Task Completion => _run;

    /// <summary>Begins in the background and returns at once.</summary>
    public void Start() => _run = RunAsync();

    /// <summary>Finishes the step, writes a checkpoint and leaves.</summary>
    public async Task StopAsync()
    {
        _stop.Cancel();
        await _run;
    }

    /// <summary>
    /// Leaves without a checkpoint if it was not stopped before, as a kill would: what was not durable is done again by the next trainer, to the same bits.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _abandoned = true;
        _stop.Cancel();
        await _run;
        _evaluator.Dispose();
        _stop.Dispose();
    }

    /// <summary>Stages the weights as they are between two steps and, where the gate passes and <paramref name="publish"/> is set, commits them.</summary>
    /// <exception cref="RefluxException">The trainer has left or failed (student-not-running), or a newer one has taken over (stale-epoch).</exception>
    public Task<SnapshotResult> SnapshotAsync(bool publish, CancellationToken cancellationToken) =>
        _jobs.RunAsync(async linked => await _publisher.TakeAsync(await SessionAsync(linked), publish, linked), _stop.Token, cancellationToken);

    /// <summary>Measures a staged or published snapshot on this student's holdout.</summary>
    /// <exception cref="RefluxException">The trainer has left or failed, there is no such snapshot, or nothing to measure on.</exception>
    public Task<EvaluationResult> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken) => _jobs.RunAsync(
        async linked =>
        {
            var session = await SessionAsync(linked);
            return await _evaluator.EvaluateAsync(request, [.. session.Intake.Holdout().Select(sourced => sourced.Sequence)], linked);
        },
        _stop.Token,
        cancellationToken);

    /// <summary>Which prompts took effect.</summary>
    /// <exception cref="RefluxException">The trainer has not begun, or has left (student-not-running).</exception>
    public StudentAccounting Accounting() => (_session ?? throw NotRunning()).Intake.Account();

    /// <summary>The prompts that the student holds to measure on, newest last.</summary>
    /// <exception cref="RefluxException">The trainer has not begun, or has left (student-not-running).</exception>
    public HoldoutList Holdout() =>
        new([.. (_session ?? throw NotRunning()).Intake.Holdout().Select(sourced => sourced.Sequence.PromptId).Distinct()]);

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            var checkpoint = await _patience.UntilDoneAsync(
                "reading the checkpoints", () => _context.Checkpoints.LatestAsync(_context.Student.Id, _stop.Token), _stop.Token);
            await using var session = new StudentSession(_context, await _context.Loader.LoadAsync(_context, checkpoint, _stop.Token));
            try
            {
                await LiveAsync(session, checkpoint);
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                _fatal ??= failure;
                throw;
            }
            finally
            {
                // jobs leave before the student's memory goes
                _stop.Cancel();
                await _jobs.CloseAsync();
                _lastProgress = session.Progress();
                _session = null;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested && _fatal is null)
        {
            _state = TrainerState.Stopped;
        }
        catch (Exception failure)
        {
            Fail(_fatal ?? failure);
        }

        _stop.Cancel();
        await _jobs.CloseAsync();
    }

    private async Task LiveAsync(StudentSession session, StoredCheckpoint? checkpoint)
    {
        if (checkpoint is not null && checkpoint.Document.Environment != _context.Compute.Environment)
        {
            LogOtherEnvironment(checkpoint.Document.Environment, _context.Compute.Environment);
        }

        if (checkpoint is not null)
        {
            var check = new LastRecordCheck(_context.Labels, _context.LaneDefinition.LabelPartition, _logger);
            await _patience.UntilDoneAsync("comparing the last record", () => check.RunAsync(checkpoint.Document, _stop.Token), _stop.Token);
        }

        await _patience.UntilDoneAsync("taking up the student", () => session.BeginAsync(checkpoint?.Document, _stop.Token), _stop.Token);
        await using var log = new SteadyLabelLog(
            _context, session.Next ?? _context.StudentDefinition.Spec.From, passage => session.PassAsync(passage, _patience, _stop.Token), _patience);
        await log.OpenAsync(_stop.Token);
        LogBegun(session.Step, session.Next);
        (_session, _state) = (session, TrainerState.Running);
        _ready.TrySetResult(session);
        await Task.WhenAll(TrainAsync(session, log), PublishWhenDueAsync(session), WatchEndAsync(session, log));
    }

    /// <summary>The training loop.</summary>
    private async Task TrainAsync(StudentSession session, SteadyLabelLog log)
    {
        var whole = true;
        try
        {
            while (true)
            {
                var record = await log.ReadAsync(_stop.Token);
                using (await session.HoldBoundaryAsync(_stop.Token))
                {
                    whole = false;
                    await SetAsideAsync(session.Intake.Take(record));
                    while (session.HasFullStep)
                    {
                        await SetAsideAsync(await session.TrainStepsAsync());
                    }

                    whole = true;
                    await session.CheckpointWhenDueAsync(_stop.Token);
                    await session.LeaveIfDivergedAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested && _fatal is null && whole && !_abandoned)
        {
            await session.CheckpointFinallyAsync();
            throw;
        }
        catch (Exception failure) when (!IsLeaving(failure))
        {
            await EndAsync(failure);
            throw;
        }
    }

    private async Task SetAsideAsync(IReadOnlyList<DeadLetter> letters)
    {
        foreach (var letter in letters)
        {
            await _patience.UntilDoneAsync("a dead letter", () => _context.Services.DeadLetterAsync(letter, _stop.Token), _stop.Token);
        }
    }

    private async Task PublishWhenDueAsync(StudentSession session)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_context.StudentDefinition.Spec.Snapshots.EverySeconds), _context.Time);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                await _jobs.RunAsync(async linked => await _publisher.PublishNewerAsync(session, linked), _stop.Token, _stop.Token);
            }
            catch (RefluxException superseded) when (superseded.Code == ErrorCodes.StaleEpoch)
            {
                await EndAsync(superseded);
                throw;
            }
            catch (Exception failure) when (!IsLeaving(failure))
            {
                // the weights are safe and the next turn tries again
                LogNotPublished(failure);
            }
        }
    }

    private async Task WatchEndAsync(StudentSession session, SteadyLabelLog log)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _context.Time);
        do
        {
            try
            {
                session.ReportEnd(await log.EndAsync(_stop.Token));
            }
            catch (Exception away) when (!IsLeaving(away))
            {
                // only a figure; the reader itself notices what matters
                LogNoEnd(away);
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private bool IsLeaving(Exception failure) => failure is OperationCanceledException && _stop.IsCancellationRequested;

    private async Task EndAsync(Exception failure)
    {
        _fatal ??= failure;
        _stop.Cancel();
    }

    private void Fail(Exception failure)
    {
        var refusal = failure as RefluxException;
        Message = refusal is not null ? $"{refusal.Message} {refusal.Remedy}" : $"{failure.GetType().Name}: {failure.Message}";
        NeedsAttention = TrainerFaults.NeedsAttention(failure);
        Gap = (failure as LogGapException)?.At;
        _state = TrainerState.Failed;
        LogEnded(Message, refusal is null ? failure : null);
    }

    private async Task<StudentSession> SessionAsync(CancellationToken cancellationToken) => await _ready.Task.WaitAsync(cancellationToken);

    private RefluxException NotRunning() => new(
        ErrorCodes.StudentNotRunning,
        $"Student '{_context.Student.Name}' has no running trainer here{(Message.Length > 0 ? $": {Message}" : ".")}",
        "Look at the student's state and message, then resume it or try again.");

    [LoggerMessage(LogLevel.Information, "training from step {Step} at {Next}")]
    private partial void LogBegun(long step, Position? next);

    [LoggerMessage(LogLevel.Warning, "the checkpoint was made on {Before} and goes on here on {Now}: its bits are not comparable with an undisturbed run")]
    private partial void LogOtherEnvironment(EnvironmentFingerprint before, EnvironmentFingerprint now);

    [LoggerMessage(LogLevel.Error, "a snapshot could not be taken")]
    private partial void LogNotPublished(Exception failure);

    [LoggerMessage(LogLevel.Warning, "the log's end is unknown for now")]
    private partial void LogNoEnd(Exception away);

    [LoggerMessage(LogLevel.Error, "the trainer has failed: {Why}")]
    private partial void LogEnded(string why, Exception? unexpected);
}
