using Orleans.Runtime;
using Reflux.Contracts.Errors;
using Reflux.Grains.Faults;

namespace Reflux.Grains.Snapshots;

/// <summary>versions 1 … n, and the lowest epoch that may add n + 1. Nothing is ever changed or removed but by the deletion of the student.</summary>
internal sealed class SnapshotsGrain(
    [PersistentState("snapshots", GrainStorageNames.State)] IPersistentState<SnapshotsState> state,
    TimeProvider time) : Grain, ISnapshotsGrain
{
    private TaskCompletionSource _published = NewSignal();
    private long? _writing;

    private List<SnapshotEntry> Versions => state.State.Versions;

    private SnapshotEntry? Newest => Versions.Count > 0 ? Versions[^1] : null;

    public async Task Fence(Guid studentId, long epoch)
    {
        RefuseBelowFence(epoch);
        await state.ReplaceAsync(this, state.State.StudentId == studentId
            ? state.State with { Epoch = epoch }
            : new SnapshotsState { StudentId = studentId, Epoch = epoch, LastVersion = state.State.LastVersion });
    }

    public async Task<SnapshotEntry> Commit(long epoch, CommitRequest request)
    {
        RefuseBelowFence(epoch);
        if (request.StudentId != state.State.StudentId)
        {
            throw Stale(epoch);
        }

        return Newest is { } newest && newest.Epoch == epoch && newest.Manifest == request.Manifest
            ? newest
            : await Publish(new SnapshotEntry
            {
                Version = state.State.LastVersion + 1,
                Manifest = request.Manifest,
                Epoch = epoch,
                Step = request.Step,
                Acceptance = request.Acceptance,
                PublishedAt = time.GetUtcNow(),
            });
    }

    // Newer interleaves with a write, and what is being written may still be refused
    private SnapshotEntry? NewestStored => Versions.FindLast(entry => entry.Version != _writing);

    public Task<SnapshotEntry?> Latest() => Task.FromResult(Newest);

    public async Task<SnapshotEntry?> Newer(long version, TimeSpan wait)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (NewestStored is { } newest && newest.Version > version)
            {
                return newest;
            }

            var left = wait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await _published.Task.WaitAsync(left, time);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    public Task<List<SnapshotEntry>> List() => Task.FromResult(Versions);

    public Task<SnapshotEntry> Get(long version) => Task.FromResult(Find(version));

    public async Task<SnapshotEntry> Rollback(long version)
    {
        var older = Find(version);
        return await Publish(older with { Version = state.State.LastVersion + 1, PublishedAt = time.GetUtcNow(), RolledBackFrom = version });
    }

    private async Task<SnapshotEntry> Publish(SnapshotEntry entry)
    {
        _writing = entry.Version;
        try
        {
            await state.ReplaceAsync(this, state.State with { Versions = [.. Versions, entry], LastVersion = entry.Version });
        }
        finally
        {
            _writing = null;
        }

        _published.SetResult();
        _published = NewSignal();
        return entry;
    }

    private SnapshotEntry Find(long version) => Versions.Find(v => v.Version == version) ?? throw new GrainFault(
        ErrorCodes.SnapshotNotFound, $"student '{this.GetPrimaryKeyString()}' has no version {version}", "List the versions that exist.");

    private void RefuseBelowFence(long epoch)
    {
        if (epoch < state.State.Epoch)
        {
            throw Stale(epoch);
        }
    }

    private GrainFault Stale(long epoch) => new(
        ErrorCodes.StaleEpoch,
        $"student '{this.GetPrimaryKeyString()}' is at epoch {state.State.Epoch}; epoch {epoch} may publish nothing",
        "Stop that trainer: another one has taken over.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
