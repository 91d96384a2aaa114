using Orleans.Concurrency;

namespace Reflux.Grains.Snapshots;

/// <summary>The catalogue of a student's snapshots; the key is the student's name. Only a commit here makes a version visible.</summary>
[Alias("Reflux.ISnapshots")]
public interface ISnapshotsGrain : IGrainWithStringKey
{
    /// <summary>From now on no lower epoch commits. A new student of an old name begins with an empty catalogue.</summary>
    /// <exception cref="Faults.GrainFault"><c>stale-epoch</c>.</exception>
    [Alias("Fence")]
    Task Fence(Guid studentId, long epoch);

    /// <summary>Publishes a staged snapshot as the next version. The same manifest from the same epoch again, after a lost reply, answers with the same version.</summary>
    /// <exception cref="Faults.GrainFault"><c>stale-epoch</c>.</exception>
    [Alias("Commit")]
    Task<SnapshotEntry> Commit(long epoch, CommitRequest request);

    /// <summary>The newest version, or null.</summary>
    [Alias("Latest")]
    Task<SnapshotEntry?> Latest();

    /// <summary>The newest version above <paramref name="version"/>; waits for one at most <paramref name="wait"/>, which must stay below the call timeout, then answers null.</summary>
    [Alias("Newer")]
    [AlwaysInterleave]
    Task<SnapshotEntry?> Newer(long version, TimeSpan wait);

    /// <summary>Every version, oldest first.</summary>
    [Alias("List")]
    Task<List<SnapshotEntry>> List();

    /// <summary>One version.</summary>
    /// <exception cref="Faults.GrainFault"><c>snapshot-not-found</c>.</exception>
    [Alias("Get")]
    Task<SnapshotEntry> Get(long version);

    /// <summary>Publishes an older version once more, as the newest.</summary>
    /// <exception cref="Faults.GrainFault"><c>snapshot-not-found</c>.</exception>
    [Alias("Rollback")]
    Task<SnapshotEntry> Rollback(long version);
}
