using Orleans;
using Orleans.Concurrency;

namespace Reflux.Standins.Orleans.Tests.Turns;

[Alias("tests.worker")]
public interface IWorker : IGrainWithStringKey
{
    /// <summary>Notes its start, waits for the gate of its name, notes its end.</summary>
    Task Work(string name);

    [AlwaysInterleave]
    Task Glance(string name);

    [ReadOnly]
    Task Read(string name);

    [OneWay]
    Task Send(string name);

    /// <summary>Increments a field over several awaits, which is only right when turns exclude each other.</summary>
    Task<int> Add(int times);

    Task CallBack(IWorker other, string name);

    Task<bool> KeepsItsScheduler();
}
