using Orleans.Engine.Simulation;
using Reflux.Contracts.Identity;
using Reflux.Streaming;
using Reflux.Streaming.Internal;

namespace Reflux.Simulation.Tests.Log;

/// <summary>A group's member in a process: delivers from where its partitions are committed, and commits the product's own watermark in the background.</summary>
internal sealed class SimulatedGroupReader : IGroupReader
{
    private readonly SimulatedLog _log;
    private readonly SimulatedGroup _group;
    private readonly string _topic;
    private readonly SortedDictionary<int, (PartitionProgress Progress, long Next)> _assigned = [];
    private readonly CancellationTokenSource _closed = new();
    private TaskCompletionSource? _arrival;

    public SimulatedGroupReader(SimulatedLog log, SimulatedProcess process, string topic, string group)
    {
        (_log, Process, _topic) = (log, process, topic);
        _group = log.Group(topic, group);
        _group.Join(this);
        process.Run(CommitNowAndThenAsync);
    }

    public SimulatedProcess Process { get; }

    /// <summary>The coordinator gave it up for dead; it finds out when it next speaks to it.</summary>
    public bool Expired { get; set; }

    public async ValueTask<LogRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_closed.IsCancellationRequested)
        {
            var ready = _assigned.Where(entry => entry.Value.Next < _log.Records(_topic, entry.Key).Count).Select(entry => entry.Key).ToList();
            if (ready.Count == 0)
            {
                await ArrivalAsync(cancellationToken);
                continue;
            }

            var partition = ready[_log.World.Random.Next(ready.Count)];
            var (progress, next) = _assigned[partition];
            await Task.Delay(_log.Weather.Latency(), Process.Clock, cancellationToken);
            if (_assigned.TryGetValue(partition, out var now) && now.Progress == progress && now.Next == next)
            {
                _assigned[partition] = (progress, next + 1);
                progress.Deliver(next);
                return new LogRecord(new Position(_log.Id(_topic, partition), next), _log.Records(_topic, partition)[(int)next]);
            }
        }

        return null;
    }

    public void Acknowledge(Position position)
    {
        if (_assigned.TryGetValue(position.Log.Partition, out var assigned))
        {
            assigned.Progress.Finish(position.Offset);
        }
    }

    public ValueTask DisposeAsync()
    {
        _closed.Cancel();
        foreach (var (partition, (progress, _)) in _assigned)
        {
            if (progress.Watermark is { } watermark)
            {
                _group.Commit(this, partition, watermark);
            }
        }

        _group.Leave(this);
        return ValueTask.CompletedTask;
    }

    public void Assign(int partition, long from)
    {
        _assigned[partition] = (new PartitionProgress(), from);
        Wake();
    }

    /// <summary>Lets go of a partition; answers with what is to be committed of it.</summary>
    public long? Revoke(int partition)
    {
        _assigned.Remove(partition, out var released);
        return released.Progress?.Watermark;
    }

    private async Task CommitNowAndThenAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            await Task.Delay(_log.Weather.Within(1500), Process.Clock);
            if (Expired)
            {
                // its partitions were lost: it may not commit, and joins anew
                Expired = false;
                _assigned.Clear();
                _group.Join(this);
                continue;
            }

            foreach (var (partition, (progress, _)) in _assigned)
            {
                if (progress.Watermark is { } watermark && watermark != _group.Committed(partition))
                {
                    _log.World.After(_log.Weather.Latency(), () => _group.Commit(this, partition, watermark));
                }
            }
        }
    }

    private async Task ArrivalAsync(CancellationToken cancellationToken)
    {
        var arrival = _arrival ??= new TaskCompletionSource();
        _log.WhenAppended(() => _log.World.After(TimeSpan.Zero, Wake, Process));
        await arrival.Task.WaitAsync(cancellationToken);
    }

    private void Wake()
    {
        var arrival = _arrival;
        _arrival = null;
        arrival?.TrySetResult();
    }
}
