using Orleans.Engine.Simulation;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Training;

namespace Reflux.Simulation.Tests.Training;

/// <summary>A planted bug: publishes a checkpoint's position, then writes it.</summary>
internal sealed class HastyStore(ICheckpointStore store, ITrainerServices services, SimulatedProcess process) : ICheckpointStore
{
    public async Task SaveAsync(CheckpointContent content, CancellationToken cancellationToken)
    {
        if (content.Document.Next is { } next)
        {
            process.Note("publishes a position that is not durable yet");
            await services.PublishSafePositionAsync(next, cancellationToken);
        }

        await store.SaveAsync(content, cancellationToken);
    }

    public Task<StoredCheckpoint?> LatestAsync(Guid studentId, CancellationToken cancellationToken) => store.LatestAsync(studentId, cancellationToken);

    public Task DescribeAsync(StudentFile student, CancellationToken cancellationToken) => store.DescribeAsync(student, cancellationToken);

    public Task RecordAsync(CheckpointDocument document, long epoch, CancellationToken cancellationToken) => store.RecordAsync(document, epoch, cancellationToken);
}
