using Orleans.Engine.Simulation;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Simulation.Tests.Installation;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Log;

/// <summary>
/// A broker in the world's memory that outlives every process: partitions, and groups with their offsets. Requests of a process keep their order; what is on
/// its way may still land when the process is dead, and an acknowledgement may be lost although the record stands.
/// </summary>
internal sealed class SimulatedLog
{
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(8);

    private readonly Simulator _world;
    private readonly Weather _weather;
    private readonly Dictionary<string, Guid> _ids = [];
    private readonly Dictionary<(string Topic, int Partition), List<byte[]>> _partitions = [];
    private readonly Dictionary<(int Process, string Topic, int Partition), TimeSpan> _lastArrival = [];
    private readonly Dictionary<string, SimulatedGroup> _groups = [];
    private TimeSpan _awayUntil;
    private Action? _appended;

    public SimulatedLog(Simulator world, Weather weather, int promptPartitions, Audit audit)
    {
        (_world, _weather, Audit) = (world, weather, audit);
        foreach (var topic in Topics.All)
        {
            var id = new byte[16];
            world.Random.NextBytes(id);
            _ids[topic] = new Guid(id);
            for (var partition = 0; partition < (topic == Topics.Prompts ? promptPartitions : topic == Topics.Labels ? 4 : 1); partition++)
            {
                _partitions[(topic, partition)] = [];
            }
        }
    }

    public Audit Audit { get; }

    public Simulator World => _world;

    public Weather Weather => _weather;

    public LogId Id(string topic, int partition) => new(_ids[topic], partition);

    public int Partitions(string topic) => _partitions.Keys.Count(key => key.Topic == topic);

    /// <summary>The records of a partition so far.</summary>
    public IReadOnlyList<byte[]> Records(string topic, int partition) => _partitions[(topic, partition)];

    public SimulatedGroup Group(string topic, string name)
    {
        if (!_groups.TryGetValue(name, out var group))
        {
            _groups.Add(name, group = new SimulatedGroup(this, topic, name));
        }

        return group;
    }

    /// <summary>The broker takes no request for a while.</summary>
    public void GoAway(TimeSpan time) => _awayUntil = _world.Now + time;

    /// <summary>Nothing is heard of a process any more, for now or for good.</summary>
    public void Silent(SimulatedProcess process)
    {
        foreach (var group in _groups.Values)
        {
            group.Silent(process);
        }
    }

    /// <summary>Sends a record on behalf of a process.</summary>
    public Task<Position> AppendAsync(SimulatedProcess producer, string topic, int partition, byte[] value)
    {
        var acknowledged = new TaskCompletionSource<Position>();
        var key = (producer.Number, topic, partition);
        var due = _world.Now + _weather.Latency() + TimeSpan.FromTicks(1);
        due = Max(due, _awayUntil, _lastArrival.GetValueOrDefault(key) + TimeSpan.FromTicks(1));
        _lastArrival[key] = due;
        if (_weather.Chance(0.01) || due - _world.Now > DeliveryTimeout)
        {
            _world.After(DeliveryTimeout, () => acknowledged.TrySetException(Away()), producer);
            return acknowledged.Task;
        }

        _world.After(due - _world.Now, () => Land(producer, topic, partition, value, acknowledged));
        return acknowledged.Task;
    }

    /// <summary>Appends at once: what stands on a log without having gone through the product.</summary>
    public Position Append(string where, string topic, int partition, byte[] value)
    {
        var records = _partitions[(topic, partition)];
        var position = new Position(Id(topic, partition), records.Count);
        records.Add(value);
        _world.Trace.Event(_world.Now, where, $"append {topic}/{partition}@{position.Offset} {value.Length} bytes");
        Audit.Appended(topic, position, value);
        var waiting = _appended;
        _appended = null;
        waiting?.Invoke();
        return position;
    }

    /// <summary>Calls once when anything has been appended.</summary>
    public void WhenAppended(Action action) => _appended += action;

    public static RefluxException Away() => new(ErrorCodes.BrokerUnavailable, "The broker did not answer in time.", "Try again.");

    private void Land(SimulatedProcess producer, string topic, int partition, byte[] value, TaskCompletionSource<Position> acknowledged)
    {
        if (!producer.IsAlive && _world.Random.Next(2) == 0)
        {
            return;
        }

        var position = Append(producer.Name, topic, partition, value);
        if (_weather.Chance(0.01))
        {
            _world.After(DeliveryTimeout, () => acknowledged.TrySetException(Away()), producer);
        }
        else
        {
            _world.After(_weather.Latency(), () => acknowledged.TrySetResult(position), producer);
        }
    }

    private static TimeSpan Max(params ReadOnlySpan<TimeSpan> times)
    {
        var most = times[0];
        foreach (var time in times)
        {
            most = time > most ? time : most;
        }

        return most;
    }
}
