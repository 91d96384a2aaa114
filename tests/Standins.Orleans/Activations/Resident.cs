using Orleans;
using Orleans.Runtime;
using Reflux.Standins.Orleans.Tests.Support;

namespace Reflux.Standins.Orleans.Tests.Activations;

internal abstract class ResidentBase(Board board) : Grain
{
    private int _count;
    private IGrainTimer? _timer;
    private int _ticks;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        board.Note("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        board.Note($"deactivated: {reason.ReasonCode}");
    }

    public Task<int> Count() => Task.FromResult(++_count);

    public async Task Leave(string gate)
    {
        DeactivateOnIdle();
        board.Note("leaving");
        await board.WaitAsync(gate);
    }

    public Task Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task StartTimer(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        _timer = this.RegisterGrainTimer(
            TickAsync, new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task ChangeTimer(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopTimer()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string gate)
    {
        board.Note($"{gate} holds");
        await board.WaitAsync(gate);
    }

    public Task Ping() => Task.CompletedTask;

    private async Task TickAsync(CancellationToken cancellation)
    {
        var tick = ++_ticks;
        board.Note($"tick {tick}");
        await board.WaitAsync($"tick {tick}").WaitAsync(cancellation);
        if (tick == 1)
        {
            throw new InvalidOperationException("A tick that fails does not stop its timer.");
        }
    }
}

internal sealed class Resident(Board board) : ResidentBase(board), IResident;

[KeepAlive]
internal sealed class Permanent(Board board) : ResidentBase(board), IResident;

[CollectionAgeLimit(Minutes = 30)]
internal sealed class Patient(Board board) : ResidentBase(board), IResident;

internal sealed class Stillborn(Board board) : ResidentBase(board), IResident
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("not today");
}
