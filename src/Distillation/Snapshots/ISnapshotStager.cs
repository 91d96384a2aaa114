namespace Reflux.Distillation.Snapshots;

/// <summary>Puts a capture into the blob store and judges it.</summary>
internal interface ISnapshotStager
{
    /// <summary>Stages and judges.</summary>
    /// <param name="capture">The student between two steps; stays the caller's.</param>
    /// <param name="previous">Digest of the manifest to compare with, if any; it becomes the parent.</param>
    /// <param name="cancellationToken">Gives up; what is stored already is harmless.</param>
    Task<StagedSnapshot> StageAsync(SnapshotCapture capture, string? previous, CancellationToken cancellationToken);
}
