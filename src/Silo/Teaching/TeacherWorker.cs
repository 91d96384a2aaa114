using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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
    LogConnection connection,
    DeadLetterWriter deadLetters,
    IDefinitionCatalog catalog,
    LaneLabellerFactory labellers,
    ILogger<TeacherWorker> logger) : BackgroundService
{
    // a lane without a teacher parks its prompts; beyond this many the worker stops reading, and the log's back-pressure takes over
    private const int Parked = 4096;
    private readonly ConcurrentDictionary<Guid, Channel<WaitingPrompt>> _lanes = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var reader = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var labelling = new List<Task>();
        try
        {
            while (true)
            {
                if (await reader.ReadAsync(stop.Token) is { } record && await AdmitAsync(record, reader, stop.Token) is { } prompt)
                {
                    await LaneOf(prompt.LaneId, reader, labelling, stop).Writer.WriteAsync(prompt.Waiting, stop.Token);
                }
            }
        }
        finally
        {
            // where a lane failed, its failure is what this throws, and the host stops: its prompts are not committed and come again
            await stop.CancelAsync();
            await Task.WhenAll(labelling);
        }
    }

    private async Task<(Guid LaneId, WaitingPrompt Waiting)?> AdmitAsync(LogRecord record, GroupReader reader, CancellationToken cancellation)
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
        await deadLetters.WriteAsync(new DeadLetter(reason, record.Position, record.Value), cancellation);
        reader.Acknowledge(record.Position);
        return null;
    }

    private Channel<WaitingPrompt> LaneOf(Guid laneId, GroupReader reader, List<Task> labelling, CancellationTokenSource stop) =>
        _lanes.GetOrAdd(laneId, id =>
        {
            var waiting = Channel.CreateBounded<WaitingPrompt>(new BoundedChannelOptions(Parked) { SingleReader = true, SingleWriter = true });
            labelling.Add(LabelAsync(id, waiting.Reader, reader, stop));
            return waiting;
        });

    private async Task LabelAsync(Guid laneId, ChannelReader<WaitingPrompt> prompts, GroupReader reader, CancellationTokenSource stop)
    {
        try
        {
            await using var labeller = await labellers.CreateAsync(laneId, catalog, stop.Token);
            await labeller.RunAsync(prompts, reader.Acknowledge, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "prompt at {Position} goes to the dead letters: {Reason}")]
    private static partial void LogDeadLetter(ILogger logger, Position position, DeadLetterReason reason);
}

/// <summary>A prompt that was read and is not labelled yet.</summary>
/// <param name="Original">Its bytes, for a dead letter.</param>
internal sealed record WaitingPrompt(Position Position, PromptRecord Prompt, byte[] Original);
