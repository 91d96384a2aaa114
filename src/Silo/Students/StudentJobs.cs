using System.Text.Json;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Distillation.Training;
using Reflux.Grains.Faults;
using Reflux.Grains.Students;

namespace Reflux.Silo.Students;

/// <summary>The jobs that a student's grain hands to the holder: each runs once, beside the training, and is answered to the grain.</summary>
internal sealed partial class StudentJobs(long epoch, Func<IStudentGrain> grain, ILogger logger)
{
    private readonly Dictionary<Guid, Task> _jobs = [];

    /// <summary>Starts those that are new. The grain names every open job in each answer: known ones are passed over, and ended ones that it no longer names are forgotten.</summary>
    public void Start(IReadOnlyList<StudentJob> jobs, StudentTrainer? trainer, CancellationToken stop)
    {
        var named = jobs.Select(job => job.Id).ToHashSet();
        foreach (var (ended, _) in _jobs.Where(known => known.Value.IsCompleted && !named.Contains(known.Key)).ToList())
        {
            _jobs.Remove(ended);
        }

        foreach (var job in jobs)
        {
            if (!_jobs.ContainsKey(job.Id))
            {
                _jobs[job.Id] = RunAsync(job, trainer, stop);
            }
        }
    }

    /// <summary>Waits until none runs.</summary>
    public Task EndAsync() => Task.WhenAll(_jobs.Values);

    private async Task RunAsync(StudentJob job, StudentTrainer? trainer, CancellationToken stop)
    {
        JobOutcome outcome;
        try
        {
            outcome = JobOutcome.Of(await PerformAsync(job, trainer, stop));
        }
        catch (RefluxException error)
        {
            outcome = JobOutcome.Failed(error);
        }
        catch (OperationCanceledException)
        {
            outcome = JobOutcome.Failed(new RefluxException(ErrorCodes.StudentNotRunning, "the silo is leaving", "ask again; another silo takes the student over"));
        }
        catch (Exception error)
        {
            // the type only: a message may quote what it could not handle
            LogFailed(logger, job.Id, job.Kind, error.GetType().Name);
            outcome = JobOutcome.Failed(error is TimeoutException or Orleans.Runtime.OrleansException
                ? new RefluxException(ErrorCodes.Timeout, "a grain did not answer the silo that trains; whether it acted is unknown", "Look at the student's snapshots, then try again.")
                : new RefluxException(ErrorCodes.Internal, "something failed that should not", "See the log of the silo that trains; the request may be repeated."));
        }

        try
        {
            await grain().Complete(epoch, job.Id, outcome);
        }
        catch (Exception error) when (error is GrainFault or TimeoutException or Orleans.Runtime.OrleansException)
        {
            // whoever waits gets a timeout and may ask again; no job changes anything that asking again would spoil
            LogUnanswered(logger, job.Id, job.Kind, error.Message);
        }
    }

    private static async Task<string> PerformAsync(StudentJob job, StudentTrainer? trainer, CancellationToken stop)
    {
        if (trainer is null)
        {
            throw new RefluxException(ErrorCodes.StudentNotRunning, "no trainer of the student runs: it is paused, or its definitions have not come yet", "look at its state, resume it if it is paused, then ask again");
        }

        return job.Kind switch
        {
            StudentJobKinds.Snapshot => Json(await trainer.SnapshotAsync(Arguments<SnapshotRequest>(job).Publish, stop)),
            StudentJobKinds.Evaluation => Json(await trainer.EvaluateAsync(Arguments<EvaluationRequest>(job), stop)),
            StudentJobKinds.Accounting => Json(trainer.Accounting()),
            StudentJobKinds.Holdout => Json(trainer.Holdout()),
            _ => throw new RefluxException(ErrorCodes.InvalidRequest, $"'{job.Kind}' is no kind of job that this version knows", "use silos of one version"),
        };
    }

    private static T Arguments<T>(StudentJob job) => JsonSerializer.Deserialize<T>(job.ArgumentsJson, RefluxJson.Options)!;

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, RefluxJson.Options);

    [LoggerMessage(LogLevel.Error, "job {Job} ({Kind}) failed: {Error}")]
    private static partial void LogFailed(ILogger logger, Guid job, string kind, string error);

    [LoggerMessage(LogLevel.Warning, "job {Job} ({Kind}) is done, but its grain did not take the answer: {Reason}")]
    private static partial void LogUnanswered(ILogger logger, Guid job, string kind, string reason);
}
