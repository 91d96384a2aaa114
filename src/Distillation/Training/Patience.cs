using Microsoft.Extensions.Logging;

namespace Reflux.Distillation.Training;

/// <summary>Asks again while a disk, broker or host is away; gives up only on what asking again can't mend.</summary>
internal sealed partial class Patience(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task UntilDoneAsync(string task, Func<Task> attempt, CancellationToken cancellationToken) => UntilDoneAsync(
        task,
        async () =>
        {
            await attempt();
            return true;
        },
        cancellationToken);

    public async Task<T> UntilDoneAsync<T>(string task, Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception refusal) when (TrainerFaults.IsTransient(refusal))
            {
                LogRefused(task, refusal);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Task} failed; trying again")]
    private partial void LogRefused(string task, Exception refusal);
}
