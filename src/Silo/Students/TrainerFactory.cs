using Microsoft.Extensions.Logging;
using Orleans;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Identity;
using Reflux.Contracts.Storage;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Training;
using Reflux.Silo.Definitions;
using Reflux.Silo.Teaching;
using Reflux.Streaming;

namespace Reflux.Silo.Students;

/// <summary>Makes a student's trainer once its lane and teacher are known here.</summary>
internal sealed class TrainerFactory(
    IDefinitionCatalog catalog,
    LogConnection connection,
    ILabelLogFactory labels,
    DeadLetterWriter deadLetters,
    IGrainFactory grains,
    CheckpointStore checkpoints,
    IBlobStore blobs,
    ICompute compute,
    TimeProvider time,
    ILoggerFactory loggers) : ITrainerFactory
{
    /// <inheritdoc />
    public StudentTrainer? TryCreate(Definition student, long epoch, Position? acceptedGap) =>
        catalog.Find(student.Student!.Lane) is { } lane && catalog.TeacherOf(lane.Id) is { } teacher
            ? new StudentTrainer(new TrainerContext
            {
                Student = student,
                Lane = lane,
                Teacher = teacher,
                Epoch = epoch,
                AcceptedGap = acceptedGap,
                Labels = labels,
                Services = new TrainerServices(student.Name, student.Id, epoch, new GroupCommitter(connection), deadLetters, grains),
                Checkpoints = checkpoints,
                Blobs = blobs,
                Compute = compute,
                Time = time,
                Loggers = loggers,
            })
            : null;
}
