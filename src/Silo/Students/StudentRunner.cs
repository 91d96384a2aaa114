using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;

namespace Reflux.Silo.Students;

/// <summary>
/// One student on this silo: claims it from its grain, trains while it is the holder, reports four times a second, and does what the
/// answers ask. What the grain can't be asked, because it is moving or the cluster is away, is asked again: training goes on meanwhile, and
/// a holder that lost its epoch can publish nothing.
/// </summary>
internal sealed partial class StudentRunner(
    Definition student, string silo, IGrainFactory grains, ITrainerFactory trainers, TimeProvider time, ILogger<StudentRunner> logger)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ClaimEvery = TimeSpan.FromSeconds(1);

    private IStudentGrain Grain => grains.GetGrain<IStudentGrain>(student.Name);

    /// <summary>Runs until cancelled; returns when the trainer has left. Nobody watches over it, so nothing but that ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await AskAsync(() => Grain.Claim(silo)) is { Granted: true } claim)
                {
                    LogClaimed(logger, student.Name, claim.Epoch);
                    await HoldAsync(claim, stop);
                }

                await Task.Delay(ClaimEvery, time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // stopped between two claims
            }
            catch (Exception unexpected)
            {
                LogBroken(logger, student.Name, unexpected);
                await Task.Delay(ClaimEvery, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
    }

    /// <summary>Trains and reports until the epoch is lost or the silo stops.</summary>
    private async Task HoldAsync(StudentClaim claim, CancellationToken stop)
    {
        var jobs = new StudentJobs(claim.Epoch, () => Grain, logger);
        StudentTrainer? trainer = null;
        var (superseded, paused, revision) = (false, false, 0L);
        try
        {
            while (!stop.IsCancellationRequested && !superseded)
            {
                var report = new TrainerReport
                {
                    State = trainer?.State.ToString().ToLowerInvariant() ?? (paused ? "paused" : "starting"),
                    Message = trainer?.Message ?? (paused ? "by request" : "waiting for the definitions of its lane and of the lane's teacher"),
                    Pauses = trainer is { State: TrainerState.Failed, NeedsAttention: true },
                    Gap = trainer?.Gap?.ToString(),
                    Revision = revision,
                    ProgressJson = trainer?.Progress is { } progress ? JsonSerializer.Serialize(progress, RefluxJson.Options) : null,
                };
                if (await AskAsync(() => Grain.Report(claim.Epoch, report)) is { } directive)
                {
                    (superseded, paused) = (directive.Superseded, directive.Paused);
                    trainer = await FollowAsync(directive, claim, trainer, resumed: directive.Revision > revision);
                    revision = directive.Revision;
                    jobs.Start(directive.Jobs, trainer, stop);
                }

                await Task.Delay(ReportEvery, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the silo is stopping: leave in order below
        }
        finally
        {
            if (trainer is not null)
            {
                await LeaveAsync(trainer, superseded);
            }

            await jobs.EndAsync();
            if (!superseded)
            {
                await AskAsync(async () =>
                {
                    await Grain.Release(claim.Epoch);
                    return claim;
                });
            }
        }
    }

    private async Task<StudentTrainer?> FollowAsync(StudentDirective directive, StudentClaim claim, StudentTrainer? trainer, bool resumed)
    {
        if (directive.Paused || directive.Superseded)
        {
            if (trainer is not null)
            {
                LogPaused(logger, student.Name, claim.Epoch);
                await LeaveAsync(trainer, directive.Superseded);
            }

            return null;
        }

        if (trainer is { State: TrainerState.Failed } && resumed)
        {
            LogTriedAgain(logger, student.Name, claim.Epoch);
            await LeaveAsync(trainer, superseded: false);
            trainer = null;
        }

        Position? acceptedGap = Position.TryParse(directive.AcceptedGap, out var gap) ? gap : null;
        if (trainer is null && (trainer = trainers.TryCreate(student, claim.Epoch, acceptedGap)) is not null)
        {
            trainer.Start();
        }

        return trainer;
    }

    /// <summary>A trainer that lost its epoch leaves without a checkpoint: the log is its successor's now.</summary>
    private static async Task LeaveAsync(StudentTrainer trainer, bool superseded)
    {
        if (!superseded)
        {
            await trainer.StopAsync();
        }

        await trainer.DisposeAsync();
    }

    // a question that failed has an unknown outcome, and every one of them may be asked again
    private async Task<T?> AskAsync<T>(Func<Task<T>> question)
        where T : class
    {
        try
        {
            return await question();
        }
        catch (GrainFault fault)
        {
            LogRefused(logger, student.Name, fault.Code, fault.Message);
        }
        catch (TimeoutException)
        {
            LogNoAnswer(logger, student.Name);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogUnreachable(logger, student.Name, $"{error.GetType().Name}: {error.Message}");
        }

        return null;
    }

    [LoggerMessage(LogLevel.Information, "student {Student}: this silo trains it from now on, epoch {Epoch}")]
    private static partial void LogClaimed(ILogger logger, string student, long epoch);

    [LoggerMessage(LogLevel.Error, "student {Student}: its runner failed and begins again")]
    private static partial void LogBroken(ILogger logger, string student, Exception unexpected);

    [LoggerMessage(LogLevel.Information, "student {Student}: paused or taken over, epoch {Epoch}")]
    private static partial void LogPaused(ILogger logger, string student, long epoch);

    [LoggerMessage(LogLevel.Information, "student {Student}: resumed, its failed trainer is tried again, epoch {Epoch}")]
    private static partial void LogTriedAgain(ILogger logger, string student, long epoch);

    [LoggerMessage(LogLevel.Warning, "student {Student}: refused, {Code}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string student, string code, string reason);

    [LoggerMessage(LogLevel.Warning, "student {Student}: its grain did not answer in time")]
    private static partial void LogNoAnswer(ILogger logger, string student);

    [LoggerMessage(LogLevel.Warning, "student {Student}: its grain cannot be reached: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string student, string reason);
}
