namespace Reflux.Silo.Tests.Support;

/// <summary>
/// The system's clock, twenty times as fast: for what waits for a while only to be polite (a linger, a pace of reports) and whose outcome doesn't
/// depend on how long the while is.
/// </summary>
internal sealed class QuickTime : TimeProvider
{
    private const int Speed = 20;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => System.GetTimestamp() * Speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shortened(dueTime), Shortened(period));

    private static TimeSpan Shortened(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Speed;
}
