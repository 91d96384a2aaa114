namespace Reflux.Streaming.Internal;

/// <summary>How long the broker has owed one partition's producer an answer: time for which no reader is to blame. One answer is owed at a time.</summary>
internal sealed class BrokerSilence(TimeProvider time)
{
    /// <summary>Shorter waits are how any broker answers, not silence.</summary>
    public static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private TimeSpan _past;
    private long? _since;

    /// <summary>The silence that lasts now; zero while the broker answers.</summary>
    public TimeSpan Current
    {
        get
        {
            lock (_lock)
            {
                return Open();
            }
        }
    }

    /// <summary>All silences so far.</summary>
    public TimeSpan Total
    {
        get
        {
            lock (_lock)
            {
                return _past + Open();
            }
        }
    }

    /// <summary>Awaits what only the broker can complete. An answer ends the silence; giving up or a failure does not.</summary>
    public async Task OwedAsync(Task answer)
    {
        lock (_lock)
        {
            _since ??= time.GetTimestamp();
        }

        await answer;
        lock (_lock)
        {
            _past += Open();
            _since = null;
        }
    }

    private TimeSpan Open() => _since is { } since && time.GetElapsedTime(since) is var elapsed && elapsed > Noticed ? elapsed : TimeSpan.Zero;
}
