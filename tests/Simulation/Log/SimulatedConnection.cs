using Orleans.Engine.Simulation;
using Reflux.Contracts.Identity;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Log;

/// <summary>A process' way to the simulated log.</summary>
/// <param name="log">The log.</param>
/// <param name="process">The process.</param>
/// <param name="join">Wraps what joins a group, where a bug is planted.</param>
internal sealed class SimulatedConnection(SimulatedLog log, SimulatedProcess process, Func<IGroupReader, IGroupReader>? join = null) : ILogConnection, ILogWriter, IGroupCommitter
{
    public string Durability => "memory";

    public bool WritesOnce => true;

    public int PartitionCount(string topic) => log.Partitions(topic);

    public async Task<LogId> LogIdAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        await Task.Delay(log.Weather.Latency(), process.Clock, cancellationToken);
        return log.Id(topic, partition);
    }

    public LogId KnownLogId(string topic, int partition) => log.Id(topic, partition);

    public IGroupReader Join(string topic, string group)
    {
        var reader = new SimulatedGroupReader(log, process, topic, group);
        return join?.Invoke(reader) ?? reader;
    }

    public async Task<Position> AppendAsync(string topic, int partition, byte[] value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await log.AppendAsync(process, topic, partition, value).WaitAsync(cancellationToken);
    }

    public Task<Position> AppendAsync(string topic, int partition, byte[] value, TimeSpan patience, CancellationToken cancellationToken) =>
        AppendAsync(topic, partition, value, cancellationToken);

    public async Task CommitAsync(string group, Position next, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource();
        log.World.After(log.Weather.Latency(), () =>
        {
            log.Group(Topics.Labels, group).Publish(next.Log.Partition, next.Offset);
            log.World.After(log.Weather.Latency(), () => done.TrySetResult(), process);
        });
        await done.Task.WaitAsync(cancellationToken);
        if (log.Weather.Chance(0.05))
        {
            throw SimulatedLog.Away();
        }
    }
}
