using Microsoft.Extensions.Logging;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;

namespace Reflux.Distillation.Training;

/// <summary>
/// Writes checkpoints behind the trainer's back, one at a time, from a copy. Only when one is durable is its position published, so the log
/// never lets go of what a restart would need. A disk or host that refuses is asked again until it gives in: without a newer safe
/// position the producers would wait for ever.
/// </summary>
internal sealed partial class CheckpointWriter(ICheckpointStore store, ITrainerServices services, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PublishWithin = TimeSpan.FromSeconds(5);

    private readonly Patience _patience = new(time, logger);
    private Task _inFlight = Task.CompletedTask;
    private volatile DurableState _durable = new(0, null);
    private long _durableRecords = -1;

    public bool Busy => !_inFlight.IsCompleted;

    /// <summary>Step and state hash of the newest durable checkpoint.</summary>
    public DurableState Durable => _durable;

    /// <summary>Label records that the newest durable checkpoint covers; −1 before the first.</summary>
    public long DurableRecords => Volatile.Read(ref _durableRecords);

    /// <summary>Starts writing in the background. The writer must not be busy; it takes ownership of the content.</summary>
    public void Begin(CheckpointContent content, CancellationToken cancellationToken) =>
        _inFlight = WriteUntilDurableAsync(content, cancellationToken);

    /// <summary>Throws what ended the last write for good, for example that a newer trainer has taken over.</summary>
    public Task ObserveAsync() => Busy ? Task.CompletedTask : _inFlight;

    /// <summary>Completes when nothing is being written, however that ended.</summary>
    public Task IdleAsync() => Task.WhenAny(_inFlight);

    /// <summary>
    /// Writes once, now; takes ownership of the content. The position is published if the host answers soon: a trainer on its way out doesn't
    /// wait for a broker that may have gone before it, and its successor publishes what it finds.
    /// </summary>
    public async Task WriteAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        using (content)
        {
            await store.SaveAsync(content, cancellationToken);
            Cover(content.Document, content.StateHash.Value);
        }

        using var soon = new CancellationTokenSource(PublishWithin, time);
        try
        {
            await PublishAsync(content.Document.Next, soon.Token);
        }
        catch (Exception away) when (TrainerFaults.IsTransient(away) || soon.IsCancellationRequested)
        {
            LogNotPublished(away);
        }
    }

    /// <summary>Publishes a position that a checkpoint already on disk covers.</summary>
    public async Task ResumeAsync(CheckpointDocument durable, CancellationToken cancellationToken)
    {
        Cover(durable, durable.StateHash);
        await _patience.UntilDoneAsync("publishing the safe position", () => PublishAsync(durable.Next, cancellationToken), cancellationToken);
    }

    private async Task WriteUntilDurableAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        await Task.Yield();
        using (content)
        {
            await _patience.UntilDoneAsync("writing a checkpoint", () => store.SaveAsync(content, cancellationToken), cancellationToken);
            Cover(content.Document, content.StateHash.Value);
        }

        await _patience.UntilDoneAsync("publishing the safe position", () => PublishAsync(content.Document.Next, cancellationToken), cancellationToken);
    }

    private void Cover(CheckpointDocument document, string? stateHash)
    {
        _durable = new DurableState(document.Step, stateHash);
        Volatile.Write(ref _durableRecords, document.Counters.LabelRecords);
    }

    private Task PublishAsync(Position? next, CancellationToken cancellationToken) =>
        next is { } position ? services.PublishSafePositionAsync(position, cancellationToken) : Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "the last safe position is not published; the next trainer of this student does it")]
    private partial void LogNotPublished(Exception away);
}

/// <summary>What a checkpoint on disk holds.</summary>
/// <param name="Step">Optimizer steps taken.</param>
/// <param name="StateHash">Null where an older build wrote it.</param>
internal sealed record DurableState(long Step, string? StateHash);
