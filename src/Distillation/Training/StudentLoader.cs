using Microsoft.Extensions.Logging;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Snapshots;

namespace Reflux.Distillation.Training;

/// <summary>Students as they are: a decoder with its optimizer, snapshots in the blob store.</summary>
internal sealed class StudentLoader : IStudentLoader
{
    public async Task<LoadedStudent> LoadAsync(TrainerContext context, StoredCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        var (basis, fold) = await StudentCheckpoint.LoadAsync(context.Student, context.Lane, context.Compute, checkpoint, cancellationToken);
        return new LoadedStudent(fold, new SnapshotStager(context, basis, context.Loggers.CreateLogger<SnapshotStager>()));
    }
}
