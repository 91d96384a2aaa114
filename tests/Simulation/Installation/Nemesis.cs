using Reflux.Distillation.Records;
using Reflux.Simulation.Tests.Teaching;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>Everything that can go wrong, at times that the seed chooses.</summary>
internal sealed class Nemesis(World world)
{
    private const int LastSecond = 45;

    private Random Random => world.Simulator.Random;

    /// <summary>From then on nothing more goes wrong.</summary>
    public static TimeSpan Over { get; } = TimeSpan.FromSeconds(LastSecond + 1);

    public void Plan()
    {
        Action[] faults = [Crash, Crash, Crash, Stop, Split, BrokerAway, TornCheckpoint, Garbage, Duplicates, SameRecordAgain];
        for (var left = 3 + Random.Next(10); left > 0; left--)
        {
            world.Simulator.After(TimeSpan.FromSeconds(2 + (Random.NextDouble() * (LastSecond - 2))), faults[Random.Next(faults.Length)]);
        }
    }

    /// <summary>Everything is as it should be again.</summary>
    public void Rest()
    {
        world.Weather.Calm = true;
        world.Cluster.Heal();
    }

    private void Crash() => world.Crash(Any());

    private void Stop() => world.Stop(Any(), TimeSpan.FromSeconds(1 + (Random.NextDouble() * 17)));

    private void Split()
    {
        world.Count("split");
        var alone = Any();
        world.Simulator.Trace.Event(world.Simulator.Now, "cluster", $"{alone.Process.Name} is on a side of its own");
        world.Cluster.Split(process => process == alone.Process ? 1 : 0);
        world.Simulator.After(TimeSpan.FromSeconds(2 + (Random.NextDouble() * 18)), () =>
        {
            world.Simulator.Trace.Event(world.Simulator.Now, "cluster", "is one again");
            world.Cluster.Heal();
        });
    }

    private void BrokerAway()
    {
        world.Count("brokerAway");
        world.Log.GoAway(TimeSpan.FromSeconds(1 + (Random.NextDouble() * 12)));
    }

    private void TornCheckpoint()
    {
        world.Count("tornCheckpoint");
        world.Disk.Tear();
        world.Crash(Any());
    }

    /// <summary>Bytes that are no record, on either side of the teachers.</summary>
    private void Garbage()
    {
        world.Count("garbage");
        var bytes = new byte[20];
        Random.NextBytes(bytes);
        var topic = Random.Next(2) == 0 ? Topics.Prompts : Topics.Labels;
        world.Log.Append("nemesis", topic, 0, bytes);
    }

    /// <summary>Sequences that stand on the log already, in another record and another order.</summary>
    private void Duplicates()
    {
        var known = Labels().SelectMany(record => record.Sequences.Select(sequence => (Record: record, Sequence: sequence))).ToList();
        if (known.Count == 0)
        {
            return;
        }

        world.Count("duplicates");
        var (origin, _) = known[0];
        var again = Enumerable.Range(0, 1 + Random.Next(5)).Select(_ => known[Random.Next(known.Count)].Sequence).ToList();
        var record = SimulatedTeacher.Record(origin.LogTopic, origin.LaneId, origin.TeacherId, origin.Labels, Random, again);
        world.Log.Append("nemesis", Topics.Labels, 0, LabelRecordCodec.Encode(record));
    }

    private void SameRecordAgain()
    {
        var records = world.Log.Records(Topics.Labels, 0);
        if (records.Count > 0)
        {
            world.Count("sameRecordAgain");
            world.Log.Append("nemesis", Topics.Labels, 0, records[Random.Next(records.Count)]);
        }
    }

    private IEnumerable<LabelRecord> Labels() => world.Log.Records(Topics.Labels, 0).Select(Audit.Decode).OfType<LabelRecord>();

    private SimulatedSilo Any() => world.Silos[Random.Next(world.Silos.Count)];
}
