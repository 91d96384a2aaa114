using Microsoft.Extensions.Logging;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using Reflux.Streaming;

namespace Reflux.Silo.Teaching;

/// <summary>Loads a lane's teacher.</summary>
internal sealed class LaneLabellerFactory(
    ILogConnection connection, ILogWriter writer, ICompute compute, DeadLetterWriter deadLetters, TimeProvider time, ILogger<LaneLabeller> logger) : ILaneLabellerFactory
{
    /// <inheritdoc />
    public async Task<LaneLabeller> CreateAsync(Definition lane, Definition teacher, CancellationToken cancellation)
    {
        var spec = teacher.Teacher!.Spec;
        var engine = await compute.RunAsync(
            ComputeQueue.Teacher, () => new TeacherEngine(LanguageModel.Load(spec.Model, compute.Device), lane.Lane!, lane.Id, teacher.Id), cancellation);
        var labels = new LabelRecordBuffer(engine, connection, writer, lane.Lane!.LabelPartition, time);
        return new LaneLabeller(engine, spec.BatchSize, compute, labels, deadLetters, time, logger);
    }
}
