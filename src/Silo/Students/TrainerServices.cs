using Orleans;
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

    public Task PublishSafePositionAsync(Position next, CancellationToken cancellationToken) =>
        committer.CommitAsync(ConsumerGroups.Student(studentId), next, cancellationToken);

    public Task DeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken) => deadLetters.WriteAsync(letter, cancellationToken);

    public async Task<SnapshotVersion> CommitSnapshotAsync(SnapshotManifest staged, string manifestDigest, CancellationToken cancellationToken)
    {
        var request = new CommitRequest { StudentId = studentId, Manifest = manifestDigest, Step = staged.Step, Acceptance = staged.Gate.Acceptance?.Acceptance };
        try
        {
            return (await Snapshots.Commit(epoch, request)).ToContract(student);
        }
        catch (GrainFault fault)
        {
            throw fault.ToRefluxException();
        }
    }

    public async Task<SnapshotVersion?> LatestSnapshotAsync(CancellationToken cancellationToken) => (await Snapshots.Latest())?.ToContract(student);
}
