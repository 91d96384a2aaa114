using Reflux.Streaming;

namespace Reflux.Cli.Bench.Logs;

/// <summary>A reader in the writer's own process says how far it is: the raw client's window moves on likewise.</summary>
internal sealed class ReadProgress(long next) : ISafePosition
{
    private long _next = next;

    public void Advance(long next) => Volatile.Write(ref _next, next);

    public ValueTask<long> SafeOffsetAsync(string topic, int partition, CancellationToken cancellationToken) => new(Volatile.Read(ref _next));
}
