using Orleans;
using Orleans.Runtime;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Calls;

internal sealed class Callee(Board board) : Grain, ICallee
{
    public Task NeverIn2Seconds() => board.WaitAsync("never");

    public async Task Throw(string kind)
    {
        await Task.Yield();
        throw kind switch
        {
            "framework" => new InvalidOperationException("no"),
            "marked" => new RefusedException("no", 42),
            _ => new UnmarkedException("secret"),
        };
    }

    public ValueTask<int> Double(int value) => new(value * 2);

    public async ValueTask Nothing() => await Task.Yield();

    public Task<string> KeyOf() => Task.FromResult(this.GetPrimaryKeyString());

    public async Task WaitUntilCancelled(string name, CancellationToken cancellation)
    {
        board.Note($"{name} starts");
        var cancelled = new TaskCompletionSource();
        await using (cancellation.Register(() =>
        {
            board.Note(TaskScheduler.Current == TaskScheduler.Default ? "cancelled outside" : "cancelled in a turn");
            cancelled.SetResult();
        }))
        {
            await cancelled.Task;
        }

        cancellation.ThrowIfCancellationRequested();
    }

    public Task<string> AskOther(string key) => GrainFactory.GetGrain<ICallee>(key).KeyOf();
}

[GenerateSerializer]
[Alias("tests.refused")]
internal sealed class RefusedException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; } = code;
}

internal sealed class UnmarkedException(string message) : Exception(message);
