using Microsoft.Extensions.Logging;

namespace Reflux.Distillation.Training;

/// <summary>Asks again while a disk, broker or host is away; gives up only on what asking again can't mend.</summary>
internal sealed partial class Patience(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task UntilDoneAsync(string task, Func<Task> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await attempt();
                return;
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
