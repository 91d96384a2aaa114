namespace Reflux.Grains.Tests.Support;

/// <summary>What elapses is what a test sets forward, however slow its machine. Timers are the system's, so that the runtime around the grains lives on.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override long GetTimestamp() => Interlocked.Read(ref _shift);

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromSeconds((double)Interlocked.Read(ref _shift) / TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);

    public void Forward(TimeSpan by) => Interlocked.Add(ref _shift, (long)(by.TotalSeconds * TimestampFrequency));
}
