using Orleans.Engine.Simulation;

namespace Reflux.Simulation.Tests.Log;

/// <summary>A consumer group's coordinator: who holds which partition, and how far each is committed. Only a partition's holder may commit it.</summary>
internal sealed class SimulatedGroup(SimulatedLog log, string topic, string name)
{
    private static readonly TimeSpan Session = TimeSpan.FromSeconds(6);

    private readonly List<SimulatedGroupReader> _members = [];
    private readonly Dictionary<int, SimulatedGroupReader> _holders = [];
    private readonly Dictionary<int, long> _committed = [];

    public long Committed(int partition) => _committed.GetValueOrDefault(partition);

    public void Join(SimulatedGroupReader member)
    {
        _members.Add(member);
        Rebalance();
    }

    public void Leave(SimulatedGroupReader member)
    {
        if (_members.Remove(member))
        {
            foreach (var partition in _holders.Where(held => held.Value == member).Select(held => held.Key).ToList())
            {
                _holders.Remove(partition);
            }

            Rebalance();
        }
    }

    /// <summary>Nothing has been heard of a process: it loses its membership if that lasts for a session.</summary>
    public void Silent(SimulatedProcess process)
    {
        foreach (var member in _members.Where(member => member.Process == process).ToList())
        {
            log.World.After(Session, () =>
            {
                if (!process.IsAlive || process.IsStopped)
                {
                    Leave(member);
                    member.Expired = true;
                }
            });
        }
    }

    /// <summary>A commit as it arrives; one of a member that lost the partition is refused.</summary>
    public void Commit(SimulatedGroupReader member, int partition, long offset)
    {
        if (_holders.GetValueOrDefault(partition) == member)
        {
            Publish(partition, offset);
        }
    }

    /// <summary>A commit of a group that nobody joins.</summary>
    public void Publish(int partition, long offset)
    {
        _committed[partition] = offset;
        log.World.Trace.Event(log.World.Now, "broker", $"commit {name[..Math.Min(16, name.Length)]} {topic}/{partition} < {offset}");
        log.Audit.Committed(name, topic, partition, offset);
    }

    private void Rebalance() => log.World.After(log.Weather.Within(400), () =>
    {
        var partitions = log.Partitions(topic);
        for (var partition = 0; partition < partitions; partition++)
        {
            var next = _members.Count == 0 ? null : _members[partition % _members.Count];
            var holder = _holders.GetValueOrDefault(partition);
            if (next == holder)
            {
                continue;
            }

            if (holder is not null)
            {
                // asked in order while it answers: what it has finished is committed first
                if (holder.Process is { IsAlive: true, IsStopped: false } && holder.Revoke(partition) is { } watermark)
                {
                    Commit(holder, partition, watermark);
                }

                _holders.Remove(partition);
            }

            if (next is not null)
            {
                _holders[partition] = next;
                next.Assign(partition, Committed(partition));
            }
        }
    });
}
