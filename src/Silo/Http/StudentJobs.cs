using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Silo.Options;

namespace Reflux.Silo.Http;

/// <summary>Leaves a job for the silo that holds a student's trainer and waits for its answer.</summary>
internal sealed class StudentJobs(Entities entities, HttpSettings settings, TimeProvider time)
{
    public async Task<IResult> RunAsync<TResult>(string student, string kind, string argumentsJson, CancellationToken cancellationToken)
    {
        var grain = entities.Student(student);
        var job = await grain.Submit(kind, argumentsJson);
        var began = time.GetTimestamp();
        var patience = TimeSpan.FromSeconds(settings.JobTimeoutSeconds);
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                throw new RefluxException(
                    ErrorCodes.Timeout,
                    $"student '{student}' has not answered the {kind} within {settings.JobTimeoutSeconds:0.#} s; it may still be done",
                    "Look at the student's state and try again, or raise Http:JobTimeoutSeconds.");
            }

            var outcome = await grain.Job(job, left < Entities.LongestWait ? left : Entities.LongestWait).WaitAsync(cancellationToken);
            if (outcome.ResultJson is { } result)
            {
                return Answers.Ok(JsonSerializer.Deserialize<TResult>(result, RefluxJson.Options));
            }

            if (outcome.ErrorCode is { } code)
            {
                throw new RefluxException(code, outcome.ErrorMessage ?? code, outcome.Remedy ?? "See the silo's log.");
            }
        }
    }
}
