using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflux.Contracts;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Streaming;

namespace Reflux.Silo.Definitions;

/// <summary>Reads the definitions topic from its start into the catalog, for as long as the silo runs.</summary>
internal sealed partial class DefinitionFollower(LogConnection connection, DefinitionCatalog catalog, TimeProvider time, ILogger<DefinitionFollower> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (RefluxException error)
            {
                // another log, or one that dropped its oldest records: definitions are whole and sent again, so its start is the place to go on
                LogReopening(logger, error.Code);
                await Task.Delay(RetryEvery, time, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var reader = await LogReader.OpenAsync(connection, Topics.Definitions, 0, from: null, cancellationToken);
        var (low, end) = await connection.BoundsAsync(Topics.Definitions, 0, cancellationToken);
        var next = low;
        while (true)
        {
            if (next >= end)
            {
                catalog.ReportCaughtUp();
            }

            var record = await reader.ReadAsync(cancellationToken);
            next = record.Position.Offset + 1;
            if (!record.IsMark && Decode(record) is { } definition)
            {
                catalog.Apply(definition);
            }
        }
    }

    private Definition? Decode(LogRecord record)
    {
        try
        {
            return JsonSerializer.Deserialize<Definition>(record.Value, RefluxJson.Options);
        }
        catch (JsonException)
        {
            LogUnreadable(logger, record.Position.Offset);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading the definitions from their start again ({Code}).")]
    private static partial void LogReopening(ILogger logger, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "The record at offset {Offset} of the definitions topic is no definition; it is passed over.")]
    private static partial void LogUnreadable(ILogger logger, long offset);
}
