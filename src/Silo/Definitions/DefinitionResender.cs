using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Grains.Cluster;
using Reflux.Grains.Lanes;
using Reflux.Grains.Students;
using Reflux.Grains.Teachers;
using Reflux.Streaming;

namespace Reflux.Silo.Definitions;

/// <summary>Has every definition sent to the log at the start and whenever the log has become another one: grain state is the truth, the log may be new.</summary>
internal sealed partial class DefinitionResender(ILogConnection connection, IGrainFactory grains, TimeProvider time, ILogger<DefinitionResender> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        LogId? sentTo = null;
        while (true)
        {
            sentTo = await LookAsync(sentTo, cancellationToken);
            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(logger);
        }
    }

    private async Task<LogId?> LookAsync(LogId? sentTo, CancellationToken cancellationToken)
    {
        try
        {
            // asking also tells this process' writers whether the prompts topic was created anew
            await connection.LogIdAsync(Topics.Prompts, 0, cancellationToken);
            var log = await connection.LogIdAsync(Topics.Definitions, 0, cancellationToken);
            if (log == sentTo)
            {
                return sentTo;
            }

            var entries = await grains.GetGrain<IClusterGrain>(IClusterGrain.Key).List();
            await Task.WhenAll(entries.Select(AnnounceAsync));
            LogSent(logger, entries.Count, log);
            return log;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(logger, error.GetType().Name);
            return sentTo;
        }
    }

    // awaited here, so that the answer comes back to the caller's context first (docs/simulation.md)
    private async Task AnnounceAsync(Registration entry) => await (entry.Kind switch
    {
        DefinitionKind.Lane => grains.GetGrain<ILaneGrain>(entry.Name).Announce(),
        DefinitionKind.Teacher => grains.GetGrain<ITeacherGrain>(entry.Name).Announce(),
        _ => grains.GetGrain<IStudentGrain>(entry.Name).Announce(),
    });

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} definitions go to the log {Log}.")]
    private static partial void LogSent(ILogger logger, int count, LogId log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The definitions could not be sent to the log ({Error}); trying again.")]
    private static partial void LogFailed(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No longer watching the definitions log.")]
    private static partial void LogStopped(ILogger logger);
}
