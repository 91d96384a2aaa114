using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Records;
using Reflux.Silo.Definitions;

namespace Reflux.Silo.Teaching;

/// <summary>
/// One lane on this silo, as its definitions go: waits for a teacher, labels under it until there is another one, and sets the prompts of a deleted lane
/// aside. What fails is said and tried again: one lane's broken teacher is no reason for the others to stop.
/// </summary>
internal sealed partial class LaneTeaching(
    Guid laneId, LanePrompts prompts, IDefinitionCatalog catalog, ILaneLabellerFactory labellers, DeadLetterWriter deadLetters, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Who teaches it now and how that goes; null without a teacher.</summary>
    public TeachingState? State { get; private set; }

    /// <summary>Prompts done with so far.</summary>
    public long Answered => prompts.Done;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var (lane, teacher) = await WaitAsync(stop);
                await (lane is null || teacher is null ? DiscardAsync(stop) : TeachAsync(lane, teacher, stop));
                State = null;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                LogFailed(logger, laneId, BatchAnswering.Describe(failure), RetryAfter.TotalSeconds);
                State = State is null ? null : State with { State = "failed", Message = BatchAnswering.Describe(failure) };
                await Task.Delay(RetryAfter, time, stop);
            }
        }
    }

    /// <summary>Labels until the lane has another teacher, or none.</summary>
    private async Task TeachAsync(Definition lane, Definition teacher, CancellationToken stop)
    {
        State = new TeachingState(teacher.Name, "loading", "");
        await using var labeller = await labellers.CreateAsync(lane, teacher, stop);
        State = State with { State = "running" };
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = EndWithTeacherAsync(teacher, turn);
        try
        {
            await labeller.RunAsync(prompts.Feed(), prompts.Acknowledge, turn.Token);
        }
        catch (OperationCanceledException) when (turn.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            LogChanged(logger, laneId, teacher.Name);
        }
        finally
        {
            turn.Cancel();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>The lane with its teacher; nothing where the lane was deleted.</summary>
    private async Task<(Definition? Lane, Definition? Teacher)> WaitAsync(CancellationToken stop)
    {
        await foreach (var _ in catalog.WatchAsync(stop))
        {
            if (catalog.IsDeleted(laneId))
            {
                return (null, null);
            }

            if (catalog.Find(laneId) is { } lane && catalog.TeacherOf(laneId) is { } teacher)
            {
                return (lane, teacher);
            }
        }

        throw new OperationCanceledException(stop);
    }

    /// <summary>Cancels a labeller's turn when its teacher is no longer the lane's; returns when the turn is over.</summary>
    private async Task EndWithTeacherAsync(Definition teacher, CancellationTokenSource turn)
    {
        await foreach (var _ in catalog.WatchAsync(turn.Token))
        {
            if (catalog.TeacherOf(laneId) is not { } now || now.Id != teacher.Id || now.Revision != teacher.Revision || catalog.IsDeleted(laneId))
            {
                turn.Cancel();
            }
        }
    }

    /// <summary>Nobody will ever label them: they must not hold back the prompts of other lanes on their partitions.</summary>
    private async Task DiscardAsync(CancellationToken stop)
    {
        await foreach (var waiting in prompts.Feed().ReadAllAsync(stop))
        {
            await deadLetters.WriteAsync(new DeadLetter(DeadLetterReason.LaneDeleted, waiting.Position, waiting.Original), stop);
            prompts.Acknowledge(waiting.Position);
        }
    }

    [LoggerMessage(LogLevel.Information, "lane {Lane}: teacher '{Teacher}' was replaced or deleted; its prompts wait for the next")]
    private static partial void LogChanged(ILogger logger, Guid lane, string teacher);

    [LoggerMessage(LogLevel.Error, "lane {Lane}: labelling failed: {Failure}; trying again in {Seconds} s, its prompts wait")]
    private static partial void LogFailed(ILogger logger, Guid lane, string failure, double seconds);
}

/// <summary>How a lane's labelling goes on this silo.</summary>
/// <param name="State">"loading", "running" or "failed".</param>
/// <param name="Message">Why it failed; empty otherwise.</param>
internal sealed record TeachingState(string Teacher, string State, string Message);
