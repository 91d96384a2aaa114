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
public sealed class StudentReplay(StudentFile student, IReadOnlyList<LineageEntry> lineage, ILabelLogFactory labels, ICompute compute)
{
    /// <summary>No record comes within this time although it was read once: it is nowhere to be had.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The recorded state to compare with: the newest one, or the newest one of a step.</summary>
    public static LineageEntry? Choose(IReadOnlyList<LineageEntry> lineage, long? step) =>
        lineage.Where(entry => step is null || entry.Step == step).MaxBy(entry => (entry.Epoch, entry.Step, entry.Records));

    /// <summary>Replays up to a recorded state.</summary>
    /// <param name="toStep">The step; null for the newest state.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefluxException">The base model can't be loaded.</exception>
    public async Task<ReplayReport> RunAsync(long? toStep, CancellationToken cancellationToken)
    {
        if (Choose(lineage, toStep) is not { } target)
        {
            return Report(ReplayVerdict.NotVerifiable, NothingRecorded(toStep));
        }

        var report = Report(ReplayVerdict.NotComparable, "") with { Step = target.Step, Next = target.Next, Recorded = target.StateHash };
        if (Incomparable(target) is { } reason)
        {
            return report with { Message = reason };
        }

        var started = Stopwatch.GetTimestamp();
        var (_, fold) = await StudentCheckpoint.LoadAsync(student.Student, student.Lane, compute, checkpoint: null, cancellationToken);
        try
        {
            await FollowAsync(fold, target, cancellationToken);
            var replayed = await HashAsync(fold, cancellationToken);
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

    private async Task FollowAsync(StudentFold fold, LineageEntry target, CancellationToken cancellationToken)
    {
        if (target.Start is null)
        {
            return;
        }

        await using var log = await labels.OpenAsync(student.Lane.Lane!.LabelPartition, target.Start, cancellationToken);
        while (fold.Intake.Bookmark.Next != target.Next)
        {
            fold.Intake.Take(await ReadAsync(log, target, cancellationToken));
            if (fold.HasFullStep)
            {
                await compute.RunAsync(ComputeQueue.Trainer, () => StepWhileFull(fold), cancellationToken);
            }
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

    private async Task<string> HashAsync(StudentFold fold, CancellationToken cancellationToken)
    {
        var state = fold.Intake.Export();
        var (weights, optimizer) = await compute.RunAsync(ComputeQueue.Trainer, () => (fold.Learner.CopyTrained(), fold.Learner.CopyOptimizer()), cancellationToken);
        try
        {
            return StateHash.Of(fold.Learner.Step, state.Next, weights, optimizer, state.Dedupe, state.Pending);
        }
        finally
        {
            foreach (var copy in weights.Values.Concat(optimizer.Values))
            {
                copy.Dispose();
            }
        }
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
