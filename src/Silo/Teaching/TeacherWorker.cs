using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Silo.Definitions;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>
/// Pulls prompts from the log as a member of the teachers' group and hands each to its lane. A prompt's offset is committed only after its
/// label record (or dead letter) is acknowledged, so a killed worker's prompts come again, here or on another worker.
/// </summary>
internal sealed partial class TeacherWorker(
    ILogConnection connection,
    DeadLetterWriter deadLetters,
    IDefinitionCatalog catalog,
    ILaneLabellerFactory labellers,
    TeacherReporter reporter,
    TimeProvider time,
    ILogger<TeacherWorker> logger) : BackgroundService
{
    // a lane without a teacher parks its prompts; beyond this many the worker stops reading, and the log's back-pressure takes over
    private const int Parked = 4096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinAgainAfter = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, (LanePrompts Prompts, LaneTeaching Teaching)> _lanes = new();

    /// <summary>One membership of the group: until cancelled, or until the broker refuses to go on with it.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var reader = connection.Join(Topics.Prompts, ConsumerGroups.Teachers);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var running = new List<Task> { reporter.RunAsync(() => _lanes.Values.Select(lane => lane.Teaching), stop.Token) };
        try
        {
            while (true)
            {
                if (await reader.ReadAsync(stop.Token) is { } record && await AdmitAsync(record, reader, stop.Token) is { } prompt)
                {
                    await LaneOf(prompt.LaneId, reader, running, stop.Token).AddAsync(prompt.Waiting, stop.Token);
                }
            }
        }
        finally
        {
            // what is not committed comes again, here or on another worker
            stop.Cancel();
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _lanes.Clear();
        }
    }

    /// <summary>A broker that was away for too long, or refused this member for good, must not end a silo that may have other roles: it joins again. Prompts that are lost do end it.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken);
                return;
            }
            catch (RefluxException away) when (away.Code == ErrorCodes.BrokerUnavailable)
            {
                LogLeft(logger, away.Message, JoinAgainAfter.TotalSeconds);
                await Task.Delay(JoinAgainAfter, time, stoppingToken);
            }
        }
    }

    private async Task<(Guid LaneId, WaitingPrompt Waiting)?> AdmitAsync(LogRecord record, IGroupReader reader, CancellationToken cancellation)
    {
        DeadLetterReason reason;
        try
        {
            var prompt = PromptRecord.Decode(record.Value);
            if (prompt.LogTopic == record.Position.Log.Topic)
            {
                return (prompt.LaneId, new WaitingPrompt(record.Position, prompt, record.Value));
            }

            reason = DeadLetterReason.ForeignLog;
        }
        catch (DecodeException error)
        {
            reason = error.Reason;
        }

        LogDeadLetter(logger, record.Position, reason);
        await SetAsideAsync(new DeadLetter(reason, record.Position, record.Value), cancellation);
        reader.Acknowledge(record.Position);
        return null;
    }

    /// <summary>Returns when the broker has the letter: an outage must not end the worker over a record that nobody can use.</summary>
    private async Task SetAsideAsync(DeadLetter letter, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await deadLetters.WriteAsync(letter, cancellation);
                return;
            }
            catch (RefluxException away) when (away.Code == ErrorCodes.BrokerUnavailable)
            {
                LogNotSetAside(logger, letter.Source, away.Message);
                await Task.Delay(RetryAfter, time, cancellation);
            }
        }
    }

    private LanePrompts LaneOf(Guid laneId, IGroupReader reader, List<Task> running, CancellationToken stop) =>
        _lanes.GetOrAdd(laneId, id =>
        {
            var prompts = new LanePrompts(Parked, reader.Acknowledge);
            var teaching = new LaneTeaching(id, prompts, catalog, labellers, deadLetters, time, logger);
            running.Add(teaching.RunAsync(stop));
            return (prompts, teaching);
        }).Prompts;

    [LoggerMessage(LogLevel.Warning, "prompt at {Position} goes to the dead letters: {Reason}")]
    private static partial void LogDeadLetter(ILogger logger, Position position, DeadLetterReason reason);

    [LoggerMessage(LogLevel.Error, "this teacher worker has left its group: {Why} It joins again in {Seconds} s")]
    private static partial void LogLeft(ILogger logger, string why, double seconds);

    [LoggerMessage(LogLevel.Warning, "prompt at {Position} can't be set aside for now: {Why}; trying again")]
    private static partial void LogNotSetAside(ILogger logger, Position position, string why);
}

/// <summary>A prompt that was read and is not labelled yet.</summary>
/// <param name="Original">Its bytes, for a dead letter.</param>
internal sealed record WaitingPrompt(Position Position, PromptRecord Prompt, byte[] Original);
