namespace Reflux.Streaming.Tests;

/// <summary>A safe position that the test moves.</summary>
internal sealed class SettableSafePosition(long offset = long.MaxValue) : ISafePosition
{
    private long _offset = offset;

    public long Offset
    {
        get => Interlocked.Read(ref _offset);
        set => Interlocked.Exchange(ref _offset, value);
    }

    public ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken) => new(Offset);
}
