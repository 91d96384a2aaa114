using System.Diagnostics;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Replay;

/// <summary>
/// Rebuilds a student from its base model and its log, and compares the state with the one that was recorded there. Reads only; writes neither checkpoints nor dead letters.
/// </summary>
/// <param name="student">What determines its weights.</param>
/// <param name="lineage">The states that were recorded of it.</param>
/// <param name="labels">Its lane's label log.</param>
/// <param name="compute">Of the environment of the training, if bits are to be compared.</param>
/// <param name="checkpoints">Where the checkpoints themselves are checked too, as far as they are kept; null for nowhere.</param>
public sealed class StudentReplay(StudentFile student, IReadOnlyList<LineageEntry> lineage, ILabelLogFactory labels, ICompute compute, CheckpointStore? checkpoints = null)
{
    /// <summary>No record comes within this time although it was read once: it is nowhere to be had.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The recorded state to compare with: the newest one, or the newest one of a step.</summary>
    public static LineageEntry? Choose(IReadOnlyList<LineageEntry> lineage, long? step) =>
        lineage.Where(entry => step is null || entry.Step == step).MaxBy(CheckpointName.Of);

    /// <summary>Replays up to a recorded state.</summary>
    /// <param name="toStep">The step; null for the newest state.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException">The base model can't be loaded.</exception>
    public async Task<ReplayReport> RunAsync(long? toStep, CancellationToken cancellationToken)
    {
        return Choose(lineage, toStep) is { } target ? await RunAsync(target, cancellationToken) : Report(ReplayVerdict.NotVerifiable, NothingRecorded(toStep));
    }

    /// <summary>Replays up to the state that a snapshot's manifest states.</summary>
    /// <exception cref="RefluxException">It is another student's, or states none (invalid-request); the base model can't be loaded.</exception>
    public Task<ReplayReport> RunAsync(SnapshotManifest snapshot, CancellationToken cancellationToken) => snapshot.StudentId != student.Student.Id
        ? throw new RefluxException(ErrorCodes.InvalidRequest, $"The snapshot is of student '{snapshot.Student}' ({snapshot.StudentId}), not of {student.Student.Id}.", "Name that student, by its id where another one bears its name now.")
        : snapshot.StateHash is null
        ? throw new RefluxException(ErrorCodes.InvalidRequest, $"The manifest of step {snapshot.Step} states no state hash: an older build published it.", "Verify the student itself, without --snapshot.")
        : RunAsync(
            new LineageEntry
            {
                Epoch = snapshot.Epoch,
                Step = snapshot.Step,
                Records = 0,
                Start = snapshot.Next is null || snapshot.From.Log.Topic == Guid.Empty ? null : snapshot.From,
                Next = snapshot.Next,
                Passages = snapshot.Passages,
                StateHash = snapshot.StateHash,
                Environment = snapshot.Environment,
                CreatedAt = snapshot.CreatedAt,
            },
            cancellationToken,
            hasCheckpoint: false);

    private async Task<ReplayReport> RunAsync(LineageEntry target, CancellationToken cancellationToken, bool hasCheckpoint = true)
    {
        var report = Report(ReplayVerdict.NotComparable, "") with { Step = target.Step, Next = target.Next, Recorded = target.StateHash };
        if (Incomparable(target) is { } reason)
        {
            return report with { Message = reason };
        }

        var (stored, damage) = hasCheckpoint ? await CheckStoredAsync(target, cancellationToken) : (false, null);
        report = report with { CheckpointChecked = stored };
        if (damage is not null)
        {
            return report with { Verdict = ReplayVerdict.Different, Message = damage };
        }

        var started = Stopwatch.GetTimestamp();
        var (_, fold) = await StudentCheckpoint.LoadAsync(student.Student, student.Lane, compute, checkpoint: null, cancellationToken);
        try
        {
            await FollowAsync(fold, target, cancellationToken);
            var replayed = await HashAsync(fold);
            var same = replayed == target.StateHash && fold.Learner.Step == target.Step;
            return report with
            {
                Verdict = same ? ReplayVerdict.Same : ReplayVerdict.Different,
                Message = same ? "" : $"the log leads to step {fold.Learner.Step} with another state than the one that was recorded",
                Replayed = replayed,
                Records = fold.Intake.Counters.LabelRecords,
                Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            };
        }
        catch (RefluxException gap) when (gap.Code is ErrorCodes.LogGap or ErrorCodes.PositionOutOfRange or ErrorCodes.PositionForeignLog or ErrorCodes.ArchiveDamaged or ErrorCodes.BrokerUnavailable)
        {
            return report with { Verdict = ReplayVerdict.NotVerifiable, Message = gap.Message, Records = fold.Intake.Counters.LabelRecords, Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        }
        finally
        {
            await fold.DisposeAsync(compute);
        }
    }

    /// <summary>Whether the checkpoint of that state is kept, and what is wrong with it: its bytes, or the state that they are.</summary>
    private async Task<(bool Stored, string? Damage)> CheckStoredAsync(LineageEntry target, CancellationToken cancellationToken)
    {
        try
        {
            if (checkpoints is null || await checkpoints.FindAsync(student.Student.Id, target, cancellationToken) is not { } stored)
            {
                return (false, null);
            }

            var (_, fold) = await StudentCheckpoint.LoadAsync(student.Student, student.Lane, compute, stored, cancellationToken);
            try
            {
                var hash = await HashAsync(fold);
                return (true, hash == target.StateHash ? null : $"the checkpoint at step {target.Step} holds the state {hash}, and {target.StateHash} was recorded for it");
            }
            finally
            {
                await fold.DisposeAsync(compute);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // a live trainer has removed it for a newer one
            return (false, null);
        }
        catch (InvalidDataException damage)
        {
            return (true, $"the checkpoint at step {target.Step} is damaged: {damage.Message}");
        }
    }

    private async Task FollowAsync(StudentFold fold, LineageEntry target, CancellationToken cancellationToken)
    {
        if (target.Start is null)
        {
            // nothing was read; where it was to be read may have changed
            target.Passages.ToList().ForEach(fold.Intake.Pass);
            return;
        }

        ILabelLog? log = null;
        try
        {
            while (fold.Intake.Bookmark.Next is var next && next != target.Next)
            {
                if (target.Passages.FirstOrDefault(passage => passage.Left == next) is { } passage)
                {
                    fold.Intake.Pass(passage);
                    await (log?.DisposeAsync() ?? ValueTask.CompletedTask);
                    log = null;
                    continue;
                }

                log ??= await labels.OpenAsync(student.Lane.Lane!.LabelPartition, next ?? target.Start, cancellationToken);
                fold.Intake.Take(await ReadAsync(log, target, cancellationToken));
                if (fold.HasFullStep)
                {
                    await compute.RunAsync(ComputeQueue.Trainer, () => StepWhileFull(fold), cancellationToken);
                }
            }
        }
        finally
        {
            await (log?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private static void StepWhileFull(StudentFold fold)
    {
        while (fold.HasFullStep)
        {
            fold.Step();
        }
    }

    private static async Task<LabelLogRecord> ReadAsync(ILabelLog log, LineageEntry target, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await log.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RefluxException(ErrorCodes.LogGap, $"The log ends before {target.Next}, which the student had reached.", "Restore the archive from a copy.");
        }
    }

    private async Task<string> HashAsync(StudentFold fold)
    {
        using var copy = await StateCopy.TakeAsync(fold, compute);
        return copy.Hash;
    }

    /// <summary>Why bits can't be compared: any part of the way was computed elsewhere.</summary>
    private string? Incomparable(LineageEntry target)
    {
        var here = compute.Environment;
        var other = lineage.FirstOrDefault(entry => entry.Step <= target.Step && entry.Environment != here);
        return other is not null ? $"up to step {other.Step} it was trained in another environment: {Difference(other.Environment, here)}"
            : here.Reproducible ? null
            : $"{here.Device} does not promise the same bits twice";
    }

    private static string Difference(EnvironmentFingerprint there, EnvironmentFingerprint here) => string.Join(", ", new[]
    {
        ("engine", there.Engine, here.Engine),
        ("torch", there.Torch, here.Torch),
        ("BLAS", there.Blas, here.Blas),
        ("ISA", there.Isa, here.Isa),
        ("device", there.Device, here.Device),
        ("threads", $"{there.Threads}", $"{here.Threads}"),
        ("reproducible", $"{there.Reproducible}", $"{here.Reproducible}"),
    }.Where(part => part.Item2 != part.Item3).Select(part => $"{part.Item1} {part.Item2} there, {part.Item3} here"));

    private string NothingRecorded(long? step)
    {
        if (step is null || lineage.Count == 0)
        {
            return "no state of this student is recorded";
        }

        var below = lineage.Where(entry => entry.Step < step).Select(entry => (long?)entry.Step).Max();
        var above = lineage.Where(entry => entry.Step > step).Select(entry => (long?)entry.Step).Min();
        return $"no state is recorded at step {step}; the nearest are {below?.ToString() ?? "none"} before and {above?.ToString() ?? "none"} after it";
    }

    private ReplayReport Report(ReplayVerdict verdict, string message) => new()
    {
        Student = student.Student.Name, StudentId = student.Student.Id, Verdict = verdict, Message = message, Environment = compute.Environment,
    };
}
