using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Cli.Bench.Logs;

/// <summary>A trainer's host that has no broker to tell and expects no letter and no snapshot.</summary>
internal sealed class QuietHost : ITrainerServices
{
    public Task PublishSafePositionAsync(Position next, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken) =>
        throw new RefluxException(ErrorCodes.Internal, $"the benchmark's own labels were set aside: {letter.Reason}", "Report this.");

    public Task<SnapshotVersion> CommitSnapshotAsync(SnapshotManifest staged, string manifestDigest, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the benchmark publishes nothing");

    public Task<SnapshotVersion?> LatestSnapshotAsync(CancellationToken cancellationToken) => Task.FromResult<SnapshotVersion?>(null);
}
