using Orleans.Engine.Simulation;
using Reflux.Simulation.Tests.Grains;
using Reflux.Simulation.Tests.Log;
using Reflux.Simulation.Tests.Training;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>What all processes share: time and chance, the log, the stores, the network; and the silos, each started anew when it has died.</summary>
internal sealed class World
{
    private readonly SimulatedSilo[] _silos;

    public World(int seed, Bug bug, int silos)
    {
        Bug = bug;
        Simulator = new Simulator(seed);
        Weather = new Weather(Simulator.Random);
        Disk = new SimulatedDisk(Simulator, Weather);
        Audit = new Audit(Simulator) { Disk = () => Disk };
        Log = new SimulatedLog(Simulator, Weather, promptPartitions: 3, Audit);
        Audit.LogOf = Log.Id;
        Storage = new SimulatedStorage(Simulator, Weather, Audit, bug);
        Cluster = new SimulatedCluster(Simulator, Weather);
        _silos = new SimulatedSilo[silos];
        for (var i = 0; i < silos; i++)
        {
            Start(i);
        }
    }

    public Bug Bug { get; }

    public Simulator Simulator { get; }

    public Weather Weather { get; }

    public SimulatedDisk Disk { get; }

    public Audit Audit { get; }

    public SimulatedLog Log { get; }

    public SimulatedStorage Storage { get; }

    public SimulatedCluster Cluster { get; }

    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    /// <summary>How often each fault took place.</summary>
    public SortedDictionary<string, int> Faults { get; } = [];

    /// <summary>Any silo that answers.</summary>
    public SimulatedSilo? AnySilo()
    {
        var alive = Array.FindAll(_silos, silo => silo.Process is { IsAlive: true, IsStopped: false });
        return alive.Length == 0 ? null : alive[Simulator.Random.Next(alive.Length)];
    }

    /// <summary>Kills a silo in mid-air; another process takes its name after a while.</summary>
    public void Crash(SimulatedSilo silo)
    {
        if (!silo.Process.IsAlive)
        {
            return;
        }

        Count("crash");
        silo.Process.Note("is killed");
        Cluster.Crash(silo.Process, Weather.Within(4000));
        Log.Silent(silo.Process);
        Simulator.After(TimeSpan.FromMilliseconds(50) + Weather.Within(6000), () => Start(Array.IndexOf(_silos, silo)));
    }

    /// <summary>Stops a silo as SIGSTOP does.</summary>
    public void Stop(SimulatedSilo silo, TimeSpan time)
    {
        if (!silo.Process.IsAlive || silo.Process.IsStopped)
        {
            return;
        }

        Count("stop");
        silo.Process.Note($"stands still for {time.TotalSeconds:0.0} s");
        silo.Process.Stop();
        Log.Silent(silo.Process);
        Simulator.After(time, () =>
        {
            silo.Process.Note("goes on");
            silo.Process.Resume();
        });
    }

    public void Count(string fault) => Faults[fault] = Faults.GetValueOrDefault(fault) + 1;

    private void Start(int index)
    {
        _silos[index] = new SimulatedSilo(this, $"silo-{index}");
        _silos[index].Process.Note("starts");
    }
}
