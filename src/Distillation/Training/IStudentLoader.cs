using Reflux.Contracts.Errors;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Snapshots;

namespace Reflux.Distillation.Training;

/// <summary>Makes the parts of a trainer that hold weights; everything else of it is decisions, and the same over any of these.</summary>
internal interface IStudentLoader
{
    /// <summary>Loads the base, or what a checkpoint made of it.</summary>
    /// <exception cref="RefluxException">The checkpoint is of another spec or base.</exception>
    Task<LoadedStudent> LoadAsync(TrainerContext context, StoredCheckpoint? checkpoint, CancellationToken cancellationToken);
}

/// <summary>A student in memory.</summary>
/// <param name="Fold">What it has read and learned.</param>
/// <param name="Stager">Writes its snapshots.</param>
internal sealed record LoadedStudent(StudentFold Fold, ISnapshotStager Stager);
