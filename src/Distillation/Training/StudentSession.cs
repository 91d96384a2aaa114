using Microsoft.Extensions.Logging;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Snapshots;
using TorchSharp;

namespace Reflux.Distillation.Training;

/// <summary>
/// One student in memory: learner, intake, and what has been written of them. The trainer's loop drives it; between steps anybody may
/// take a snapshot of it, since weights and counters change only while the loop holds the boundary.
/// </summary>
internal sealed partial class StudentSession : IAsyncDisposable
{
    private const long MostUndoneInARow = 3;

    private static readonly TimeSpan LongestItem = TimeSpan.FromMilliseconds(400);
    private readonly TrainerContext _context;
    private readonly StudentFold _fold;
    private readonly ISnapshotStager _stager;
    private readonly CheckpointWriter _writer;
    private readonly ThroughputMeter _throughput;
    private readonly Turns _boundary = new();
    private readonly ILogger _logger;
    private (long Records, long Bytes) _captured;
    private long _capturedAt;
    private string _baseSnapshot = "";
    private double? _loss;
    private NonFiniteStepException? _diverged;
    private long _end;
    private (GateReport Gate, long Step)? _lastGate;

    internal StudentSession(TrainerContext context, LoadedStudent student)
    {
        _context = context;
        (_fold, _stager) = (student.Fold, student.Stager);
        _logger = context.Loggers.CreateLogger<StudentSession>();
        _writer = new CheckpointWriter(context.Checkpoints, context.Services, context.Time, _logger);
        _throughput = new ThroughputMeter(context.Time);
        _capturedAt = context.Time.GetTimestamp();
        if (context.StudentDefinition.Spec.Training.ComputeDtype == "BF16" && context.Compute.Device.type == DeviceType.CPU)
        {
            LogSlowDtype(context.Student.Name);
        }
    }

    /// <summary>The next record to read; null for the start of the log.</summary>
    public Position? Next => Intake.Bookmark.Next;

    public bool HasFullStep => _fold.HasFullStep;

    public long Step => Learner.Step;

    public SequenceIntake Intake => _fold.Intake;

    /// <summary>Checkpoints begun between two steps.</summary>
    public long Checkpoints { get; private set; }

    /// <summary>How long the loop stood still for them.</summary>
    public TimeSpan Checkpointing { get; private set; }

    private ILearner Learner => _fold.Learner;

    /// <summary>Restores a checkpoint's bookkeeping, or writes the base as the first snapshot and checkpoint before anything trains.</summary>
    public async Task BeginAsync(CheckpointDocument? restored, CancellationToken cancellationToken)
    {
        await _context.Checkpoints.DescribeAsync(new StudentFile(_context.Student, _context.Lane), cancellationToken);
        if (restored is not null)
        {
            (_baseSnapshot, _loss, _captured) = (restored.BaseSnapshot, restored.Loss, (restored.Counters.LabelRecords, restored.Counters.LabelBytes));
            await _context.Checkpoints.RecordAsync(restored, _context.Epoch, cancellationToken);
            await _writer.ResumeAsync(restored, cancellationToken);
            return;
        }

        _baseSnapshot = (await StageAsync(previous: null, cancellationToken)).Digest;
        await _writer.WriteAsync(await CaptureCheckpointAsync(), cancellationToken);
    }

    /// <summary>Keeps weights and counters still until disposed.</summary>
    public Task<IDisposable> HoldBoundaryAsync(CancellationToken cancellationToken) => _boundary.TakeAsync(cancellationToken);

    /// <summary>
    /// Optimizer steps on the next sequences in log order: at least one, and more while they are short, so that an item of this queue lasts about as long
    /// as a teacher's batch. The boundary must be held.
    /// </summary>
    /// <returns>What was quarantined.</returns>
    public Task<IReadOnlyList<DeadLetter>> TrainStepsAsync() =>
        // a step that has begun is finished, whatever is cancelled meanwhile
        _context.Compute.RunAsync(ComputeQueue.Trainer, TrainSteps, CancellationToken.None);

    private IReadOnlyList<DeadLetter> TrainSteps()
    {
        var quarantined = new List<DeadLetter>();
        var started = _context.Time.GetTimestamp();
        do
        {
            var outcome = _fold.Step();
            if (outcome.Taken is { } result)
            {
                _loss = result.Loss;
                _throughput.Report(Intake.Counters.TrainedTokens);
                LogStep(Learner.Step, result.Loss, result.GradientNorm, result.LearningRate);
            }
            else
            {
                quarantined.AddRange(outcome.Quarantined);
                Observe(outcome.Undone!);
            }
        }
        while (HasFullStep && _context.Time.GetElapsedTime(started) < LongestItem);

        return quarantined;
    }

    private void Observe(NonFiniteStepException undone)
    {
        LogUndone(undone.Message);
        if (Intake.Counters.UndoneInARow % MostUndoneInARow == 0)
        {
            _diverged = undone;
        }
    }

    /// <summary>Ends a student whose steps can't be taken any more, once what it has read is durable. Called between two records, so that a replay comes to the same state.</summary>
    /// <exception cref="NonFiniteStepException">Three steps in a row were undone.</exception>
    public async Task LeaveIfDivergedAsync()
    {
        if (_diverged is { } last)
        {
            await CheckpointFinallyAsync();
            throw last;
        }
    }

    /// <summary>Goes on elsewhere in the log; returns when a checkpoint holds that, so that nothing behind it can take effect without it.</summary>
    /// <exception cref="RefluxException">A newer trainer has taken over (stale-epoch).</exception>
    public async Task PassAsync(LogPassage passage, Patience patience, CancellationToken cancellationToken)
    {
        using (await HoldBoundaryAsync(cancellationToken))
        {
            await _writer.IdleAsync();
            await _writer.ObserveAsync();
            LogPassage(passage.Left, passage.Entered, passage.Gap);
            Intake.Pass(passage);
            await patience.UntilDoneAsync("writing a checkpoint", async () => await _writer.WriteAsync(await CaptureCheckpointAsync(), cancellationToken), cancellationToken);
        }
    }

    /// <summary>Starts a checkpoint in the background where enough of the log was consumed since the last. The boundary must be held.</summary>
    public async Task CheckpointWhenDueAsync(CancellationToken cancellationToken)
    {
        await _writer.ObserveAsync();
        var counters = Intake.Counters;
        var due = counters.LabelRecords - _captured.Records >= _context.CheckpointInterval.Records
            || counters.LabelBytes - _captured.Bytes >= _context.CheckpointInterval.Bytes
            || _context.Time.GetElapsedTime(_capturedAt) >= _context.CheckpointInterval.Longest;
        if (due && !_writer.Busy)
        {
            var began = _context.Time.GetTimestamp();
            _writer.Begin(await CaptureCheckpointAsync(), cancellationToken);
            Checkpointing += _context.Time.GetElapsedTime(began);
            Checkpoints++;
        }
    }

    /// <summary>The last checkpoint, written before leaving.</summary>
    public async Task CheckpointFinallyAsync()
    {
        await _writer.IdleAsync();
        if (Intake.Counters.LabelRecords > _writer.DurableRecords)
        {
            await _writer.WriteAsync(await CaptureCheckpointAsync(), CancellationToken.None);
        }
    }

    /// <summary>Takes the weights as they are between two steps and stages them.</summary>
    public async Task<StagedSnapshot> StageAsync(string? previous, CancellationToken cancellationToken)
    {
        SnapshotCapture capture;
        using (await HoldBoundaryAsync(cancellationToken))
        {
            capture = await CaptureSnapshotAsync();
        }

        using (capture)
        {
            var staged = await _stager.StageAsync(capture, previous ?? (_baseSnapshot.Length > 0 ? _baseSnapshot : null), cancellationToken);
            _lastGate = (staged.Manifest.Gate, staged.Manifest.Step);
            return staged;
        }
    }

    /// <summary>Says where the log ends, for the backlog.</summary>
    public void ReportEnd(long end)
    {
        Volatile.Write(ref _end, end);
        _throughput.Report(Intake.Counters.TrainedTokens);
    }

    public TrainerProgress Progress()
    {
        var state = Intake.Bookmark;
        var lastGate = _lastGate;
        var durable = _writer.Durable;
        return new TrainerProgress
        {
            Step = Learner.Step,
            TrainedTokens = state.Counters.TrainedTokens,
            TrainedSequences = state.Counters.TrainedSequences,
            HoldoutSequences = state.Counters.HoldoutSequences,
            DuplicateSequences = state.Counters.DuplicateSequences,
            DeadLetters = state.Counters.DeadLetters,
            LabelRecords = state.Counters.LabelRecords,
            UndoneSteps = state.Counters.UndoneSteps,
            QuarantinedSequences = state.Counters.QuarantinedSequences,
            LabelBytes = state.Counters.LabelBytes,
            LabelledTokens = state.Counters.LabelledTokens,
            Passages = state.Passages,
            Next = state.Next ?? new Position(new LogId(Guid.Empty, _context.LaneDefinition.LabelPartition), 0),
            Backlog = Math.Max(0, Volatile.Read(ref _end) - (state.Next?.Offset ?? 0)),
            Loss = _loss ?? 0,
            TokensPerSecond = _throughput.PerSecond,
            Acceptance = lastGate?.Gate.Acceptance,
            LastGate = lastGate?.Gate,
            LastGateStep = lastGate?.Step,
            BaseSnapshot = _baseSnapshot.Length > 0 ? _baseSnapshot : null,
            CheckpointStep = durable.Step,
            StateHash = durable.StateHash,
            Environment = _context.Compute.Environment,
        };
    }

    /// <summary>Frees the student's memory once the writer has let go of its copy.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.IdleAsync();
        await _fold.DisposeAsync(_context.Compute);
    }

    private async Task<SnapshotCapture> CaptureSnapshotAsync()
    {
        var dtype = SnapshotDtype.Parse(_context.StudentDefinition.Spec.Snapshots.Dtype);
        var weights = await _context.Compute.RunAsync(ComputeQueue.Trainer, () => Learner.CopyWeights(dtype), CancellationToken.None);
        return new SnapshotCapture
        {
            Weights = weights,
            State = await StateCopy.TakeAsync(_fold, _context.Compute),
            Adapter = Learner.Adapter,
            Frontier = Intake.Frontier,
            DeviceSeconds = Learner.DeviceSeconds,
        };
    }

    private async Task<CheckpointContent> CaptureCheckpointAsync()
    {
        var copy = await StateCopy.TakeAsync(_fold, _context.Compute);
        (_captured, _capturedAt) = ((copy.Intake.Counters.LabelRecords, copy.Intake.Counters.LabelBytes), _context.Time.GetTimestamp());
        return StudentCheckpoint.Describe(_context, _fold.BaseModel, _baseSnapshot, Learner.DeviceSeconds, _loss, copy);
    }

    [LoggerMessage(LogLevel.Debug, "step {Step}: loss {Loss}, gradient norm {GradientNorm}, learning rate {LearningRate}")]
    private partial void LogStep(long step, double loss, double gradientNorm, double learningRate);

    [LoggerMessage(LogLevel.Warning, "the log does not go on at {Left}; going on at {Entered}, records missing: {Gap}")]
    private partial void LogPassage(Position left, Position entered, bool gap);

    [LoggerMessage(LogLevel.Error, "a step was undone: {Why}")]
    private partial void LogUndone(string why);

    [LoggerMessage(LogLevel.Warning, "student {Student} trains in BF16 on a CPU, which is several times slower than F32 there")]
    private partial void LogSlowDtype(string student);
}
