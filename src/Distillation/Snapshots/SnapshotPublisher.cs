using Microsoft.Extensions.Logging;
using Reflux.Contracts.Faults;
using Reflux.Contracts.Http;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Snapshots;

/// <summary>Takes a student's snapshots, one at a time since each is compared with the one before, and commits those that pass the gate.</summary>
internal sealed partial class SnapshotPublisher(TrainerContext context)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<SnapshotPublisher>();
    private readonly Turns _turns = new();

    // the newest step that was published or that the gate refused: only a later one is worth another look
    private long? _judged;

    /// <summary>Stages the weights as they are between two steps and, where the gate passes and <paramref name="publish"/> is set, commits them.</summary>
    public async Task<SnapshotResult> TakeAsync(StudentSession session, bool publish, CancellationToken cancellationToken)
    {
        using var turn = await _turns.TakeAsync(cancellationToken);
        return await StageAsync(session, publish, cancellationToken);
    }

    /// <summary>Publishes if the student has taken steps since the last look; null where it has not.</summary>
    public async Task<SnapshotResult?> PublishNewerAsync(StudentSession session, CancellationToken cancellationToken)
    {
        using var turn = await _turns.TakeAsync(cancellationToken);
        _judged ??= (await context.Services.LatestSnapshotAsync(cancellationToken))?.Step ?? 0;
        return session.Step > _judged ? await StageAsync(session, publish: true, cancellationToken) : null;
    }

    private async Task<SnapshotResult> StageAsync(StudentSession session, bool publish, CancellationToken cancellationToken)
    {
        var latest = await context.Services.LatestSnapshotAsync(cancellationToken);
        var (manifest, digest) = await session.StageAsync(latest?.Manifest, cancellationToken);
        LogGate(manifest.Step, manifest.Gate.Passed, string.Join("; ", manifest.Gate.Failures));
        FaultPoint.Reach("snapshot.commit");
        var published = publish && manifest.Gate.Passed ? await context.Services.CommitSnapshotAsync(manifest, digest, cancellationToken) : null;
        FaultPoint.Reach("snapshot.committed");
        _judged = publish ? manifest.Step : _judged;
        return new SnapshotResult(digest, manifest.Step, manifest.Gate, published);
    }

    [LoggerMessage(LogLevel.Information, "snapshot of step {Step}: gate passed {Passed} {Failures}")]
    private partial void LogGate(long step, bool passed, string failures);
}
