using Orleans;
using Orleans.Storage;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;
using Reflux.Grains.Faults;
using Reflux.Grains.Snapshots;
using Reflux.Silo.Teaching;
using Reflux.Streaming;

namespace Reflux.Silo.Students;

/// <summary>A trainer's host: the log for positions and dead letters, the snapshots grain for publications.</summary>
internal sealed class TrainerServices(string student, Guid studentId, long epoch, IGroupCommitter committer, DeadLetterWriter deadLetters, IGrainFactory grains) : ITrainerServices
{
    private ISnapshotsGrain Snapshots => grains.GetGrain<ISnapshotsGrain>(student);

    public async Task PublishSafePositionAsync(Position next, CancellationToken cancellationToken)
    {
        try
        {
            await committer.CommitAsync(ConsumerGroups.Student(studentId), next, cancellationToken);
        }
        catch (PositionException foreign) when (foreign.Code == PositionException.ForeignLog)
        {
            // a log that the broker no longer has holds back nobody; its rest is read from the archive
        }
    }

    public Task DeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken) => deadLetters.WriteAsync(letter, cancellationToken);

    public async Task<SnapshotVersion> CommitSnapshotAsync(SnapshotManifest staged, string manifestDigest, CancellationToken cancellationToken)
    {
        var request = new CommitRequest { StudentId = studentId, Manifest = manifestDigest, Step = staged.Step, Acceptance = staged.Gate.Acceptance?.Acceptance };
        try
        {
            return (await CommitAsync(request)).ToContract(student);
        }
        catch (Exception error) when (GrainFault.In(error) is { } fault)
        {
            throw fault.ToRefluxException();
        }
    }

    private async Task<SnapshotEntry> CommitAsync(CommitRequest request)
    {
        try
        {
            return await Snapshots.Commit(epoch, request);
        }
        catch (InconsistentStateException)
        {
            // an activation that has lost a race is thrown away; the next one knows who has won, and committing again what is committed changes nothing
            return await Snapshots.Commit(epoch, request);
        }
    }

    public async Task<SnapshotVersion?> LatestSnapshotAsync(CancellationToken cancellationToken) => (await Snapshots.Latest())?.ToContract(student);
}
