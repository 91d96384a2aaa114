using Reflux.Contracts.Definitions;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Silo.Definitions;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>Waits until a lane has a teacher, then loads it.</summary>
internal sealed class LaneLabellerFactory(LogConnection connection, LogWriter writer, ComputeThread compute, DeadLetterWriter deadLetters, TimeProvider time)
{
    /// <summary>The labeller of a lane; waits for the lane's and its teacher's definition.</summary>
    public async Task<LaneLabeller> CreateAsync(Guid laneId, IDefinitionCatalog catalog, CancellationToken cancellation)
    {
        var (lane, teacher) = await WaitAsync(laneId, catalog, cancellation);
        var spec = teacher.Teacher!.Spec;
        var engine = await compute.RunAsync(
            ComputeQueue.Teacher, () => new TeacherEngine(LanguageModel.Load(spec.Model, compute.Device), lane.Lane!, laneId, teacher.Id), cancellation);
        var labels = new LabelRecordBuffer(engine, connection, writer, lane.Lane!.LabelPartition, time);
        return new LaneLabeller(engine, spec.BatchSize, compute, labels, deadLetters, time);
    }

    private static async Task<(Definition Lane, Definition Teacher)> WaitAsync(Guid laneId, IDefinitionCatalog catalog, CancellationToken cancellation)
    {
        await foreach (var _ in catalog.WatchAsync(cancellation))
        {
            if (catalog.Find(laneId) is { } lane && catalog.TeacherOf(laneId) is { } teacher)
            {
                return (lane, teacher);
            }
        }

        throw new OperationCanceledException(cancellation);
    }
}
