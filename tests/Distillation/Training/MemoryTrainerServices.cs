using Reflux.Contracts.Identity;
using Reflux.Contracts.Snapshots;
using Reflux.Distillation.Records;
using Reflux.Distillation.Training;

namespace Reflux.Distillation.Tests.Training;

/// <summary>A host that only remembers.</summary>
internal sealed class MemoryTrainerServices : ITrainerServices
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<Position> _safe = [];
    private readonly List<(SnapshotVersion Version, SnapshotManifest Manifest)> _committed = [];

    public IReadOnlyList<DeadLetter> DeadLetters
    {
        get
        {
            lock (_gate)
            {
                return [.. _deadLetters];
            }
        }
    }

    public IReadOnlyList<Position> SafePositions
    {
        get
        {
            lock (_gate)
            {
                return [.. _safe];
            }
        }
    }

    public IReadOnlyList<(SnapshotVersion Version, SnapshotManifest Manifest)> Committed
    {
        get
        {
            lock (_gate)
            {
                return [.. _committed];
            }
        }
    }

    /// <summary>Runs before each call, with its name; may throw.</summary>
    public Action<string>? OnCall { get; set; }

    /// <summary>Completes when a safe position has been published.</summary>
    public Task SafePositionPublished => _published.Task;

    public Task PublishSafePositionAsync(Position next, CancellationToken cancellationToken)
    {
        OnCall?.Invoke(nameof(PublishSafePositionAsync));
        lock (_gate)
        {
            _safe.Add(next);
        }

        _published.TrySetResult();
        return Task.CompletedTask;
    }

    public Task DeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        OnCall?.Invoke(nameof(DeadLetterAsync));
        lock (_gate)
        {
            _deadLetters.Add(letter);
        }

        return Task.CompletedTask;
    }

    public Task<SnapshotVersion> CommitSnapshotAsync(SnapshotManifest staged, string manifestDigest, CancellationToken cancellationToken)
    {
        OnCall?.Invoke(nameof(CommitSnapshotAsync));
        lock (_gate)
        {
            var version = new SnapshotVersion(
                staged.Student, _committed.Count + 1, manifestDigest, staged.Epoch, staged.Step, staged.Gate.Acceptance?.Acceptance, DateTimeOffset.UnixEpoch);
            _committed.Add((version, staged));
            return Task.FromResult(version);
        }
    }

    public Task<SnapshotVersion?> LatestSnapshotAsync(CancellationToken cancellationToken)
    {
        OnCall?.Invoke(nameof(LatestSnapshotAsync));
        lock (_gate)
        {
            return Task.FromResult(_committed.Count > 0 ? _committed[^1].Version : null);
        }
    }
}
