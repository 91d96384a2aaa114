using Reflux.Contracts.Errors;

namespace Reflux.Distillation.Checkpoints;

/// <summary>Where trainers keep their checkpoints.</summary>
public interface ICheckpointStore
{
    /// <summary>Writes a checkpoint durably and removes those beyond the newest <see cref="CheckpointStore.Kept"/>. Tensors are only read; the content stays the caller's.</summary>
    /// <exception cref="RefluxException">A trainer of a higher epoch has written here (stale-epoch).</exception>
    /// <exception cref="IOException">The disk refuses; older checkpoints are untouched.</exception>
    Task SaveAsync(CheckpointContent content, CancellationToken cancellationToken);

    /// <summary>The newest checkpoint that is whole: highest epoch, then step. Null where none was ever written.</summary>
    /// <exception cref="RefluxException">There are some and none is whole, or one is of another format (checkpoint-damaged): nothing begins anew unasked.</exception>
    /// <exception cref="IOException">The disk refuses to say.</exception>
    Task<StoredCheckpoint?> LatestAsync(Guid studentId, CancellationToken cancellationToken);

    /// <summary>Says whose checkpoints stand here, durably, for whoever rebuilds the student without a silo.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    Task DescribeAsync(StudentFile student, CancellationToken cancellationToken);

    /// <summary>Adds a checkpoint to the lineage where a crash or a full disk kept it out.</summary>
    /// <param name="document">The checkpoint.</param>
    /// <param name="epoch">The caller's: whoever wrote the checkpoint may still be alive, and of each epoch's part of the lineage there is one writer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    Task RecordAsync(CheckpointDocument document, long epoch, CancellationToken cancellationToken);
}
