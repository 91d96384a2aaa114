using Microsoft.Extensions.Logging;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;

namespace Reflux.Distillation.Training;

/// <summary>
/// Writes checkpoints behind the trainer's back, one at a time, from a copy. Only when one is durable is its position published, so the log
/// never lets go of what a restart would need. A disk or host that refuses is asked again until it gives in: without a newer safe
/// position the producers would wait for ever.
/// </summary>
internal sealed class CheckpointWriter(CheckpointStore store, ITrainerServices services, TimeProvider time, ILogger logger)
{
    private readonly Patience _patience = new(time, logger);
    private Task _inFlight = Task.CompletedTask;
    private long _durableStep;

    public bool Busy => !_inFlight.IsCompleted;

    public long DurableStep => Volatile.Read(ref _durableStep);

    /// <summary>Starts writing in the background. The writer must not be busy; it takes ownership of the content.</summary>
    public void Begin(CheckpointContent content, CancellationToken cancellationToken) =>
        _inFlight = Task.Run(() => WriteUntilDurableAsync(content, cancellationToken), CancellationToken.None);

    /// <summary>Throws what ended the last write for good, for example that a newer trainer has taken over.</summary>
    public Task ObserveAsync() => Busy ? Task.CompletedTask : _inFlight;

    /// <summary>Completes when nothing is being written.</summary>
    public Task IdleAsync() => _inFlight;

    /// <summary>Writes once, now, and publishes the position; takes ownership of the content.</summary>
    public async Task WriteAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        using (content)
        {
            await store.SaveAsync(content, cancellationToken);
        }

        Volatile.Write(ref _durableStep, content.Document.Step);
        await PublishAsync(content.Document.Next, cancellationToken);
    }

    /// <summary>Publishes a position that a checkpoint already on disk covers.</summary>
    public async Task ResumeAsync(CheckpointDocument durable, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _durableStep, durable.Step);
        await _patience.UntilDoneAsync("publishing the safe position", () => PublishAsync(durable.Next, cancellationToken), cancellationToken);
    }

    private async Task WriteUntilDurableAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        using (content)
        {
            await _patience.UntilDoneAsync("writing a checkpoint", () => store.SaveAsync(content, cancellationToken), cancellationToken);
        }

        Volatile.Write(ref _durableStep, content.Document.Step);
        await _patience.UntilDoneAsync("publishing the safe position", () => PublishAsync(content.Document.Next, cancellationToken), cancellationToken);
    }

    private Task PublishAsync(Position? next, CancellationToken cancellationToken) =>
        next is { } position ? services.PublishSafePositionAsync(position, cancellationToken) : Task.CompletedTask;
}
