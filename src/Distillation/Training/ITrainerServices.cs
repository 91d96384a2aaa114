using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Training;

/// <summary>What a trainer asks of its host. Every call may be repeated after a crash.</summary>
public interface ITrainerServices
{
    /// <summary>Says that a durable checkpoint holds everything before <paramref name="next"/>, so that the log may let go of it.</summary>
    Task PublishSafePositionAsync(Position next, CancellationToken cancellationToken);

    /// <summary>Sets a record or sequence aside. Completes when it is durable.</summary>
    Task DeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>Makes a staged snapshot the newest version.</summary>
    /// <exception cref="Reflux.Contracts.Errors.RefluxException">A trainer of a higher epoch has taken over (stale-epoch).</exception>
    Task<SnapshotVersion> CommitSnapshotAsync(SnapshotManifest staged, string manifestDigest, CancellationToken cancellationToken);

    /// <summary>The newest published snapshot of this student, or null.</summary>
    Task<SnapshotVersion?> LatestSnapshotAsync(CancellationToken cancellationToken);
}
