using Orleans.Engine.Simulation;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Training;
using Reflux.Simulation.Tests.Training;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Log;

/// <summary>A lane's label partition, read from a position on.</summary>
internal sealed class SimulatedLabelLog(SimulatedLog log, SimulatedProcess process, int partition, long next, DedupeByRecord? dedupe) : ILabelLog
{
    private long _next = next;

    public async ValueTask<LabelLogRecord> ReadAsync(CancellationToken cancellationToken)
    {
        while (log.Records(Topics.Labels, partition).Count <= _next)
        {
            var arrival = new TaskCompletionSource();
            log.WhenAppended(() => log.World.After(TimeSpan.Zero, () => arrival.TrySetResult(), process));
            await arrival.Task.WaitAsync(cancellationToken);
        }

        await Task.Delay(log.Weather.Latency(), process.Clock, cancellationToken);
        if (log.Weather.Chance(0.02))
        {
            throw SimulatedLog.Away();
        }

        var offset = _next++;
        var record = new LabelLogRecord(new Position(log.Id(Topics.Labels, partition), offset), log.Records(Topics.Labels, partition)[(int)offset]);
        dedupe?.Reads(record);
        return record;
    }

    public ValueTask<long> EndAsync(CancellationToken cancellationToken) => new(log.Records(Topics.Labels, partition).Count);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Opens label partitions for the trainers of a process.</summary>
internal sealed class SimulatedLabelLogFactory(SimulatedLog log, SimulatedProcess process, DedupeByRecord? dedupe) : ILabelLogFactory
{
    public async Task<ILabelLog> OpenAsync(int partition, Position? from, CancellationToken cancellationToken)
    {
        await Task.Delay(log.Weather.Latency(), process.Clock, cancellationToken);
        return new SimulatedLabelLog(log, process, partition, from?.Offset ?? 0, dedupe);
    }
}
