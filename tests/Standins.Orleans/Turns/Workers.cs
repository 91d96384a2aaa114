using Orleans;
using Orleans.Concurrency;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Turns;

internal abstract class WorkerBase(Board board) : Grain
{
    private int _sum;

    public async Task Work(string name)
    {
        board.Note($"{name} starts");
        await board.WaitAsync(name);
        board.Note($"{name} ends");
    }

    public Task Glance(string name) => Work(name);

    public Task Read(string name) => Work(name);

    public Task Send(string name) => Work(name);

    public async Task<int> Add(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var seen = _sum;
            await Task.Yield();
            _sum = seen + 1;
        }

        return _sum;
    }

    public async Task CallBack(IWorker other, string name)
    {
        var call = other.Work(name);
        board.Note("called back");
        await call;
    }

    public async Task<bool> KeepsItsScheduler()
    {
        var before = TaskScheduler.Current;
        await Task.Run(() => { });
        return ReferenceEquals(before, TaskScheduler.Current) && before != TaskScheduler.Default;
    }
}

internal sealed class PlainWorker(Board board) : WorkerBase(board), IWorker;

[Reentrant]
internal sealed class ReentrantWorker(Board board) : WorkerBase(board), IWorker;
