using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Streaming;

namespace Reflux.Silo.Tests.Support;

/// <summary>A log whose groups refuse the first members that read.</summary>
internal sealed class RefusingConnection(LogConnection log, int refusals, Exception? refusal = null) : ILogConnection
{
    private int _joined;

    public int Joined => _joined;

    public string Durability => log.Durability;

    public bool WritesOnce => log.WritesOnce;

    public int PartitionCount(string topic) => log.PartitionCount(topic);

    public Task<LogId> LogIdAsync(string topic, int partition, CancellationToken cancellationToken) => log.LogIdAsync(topic, partition, cancellationToken);

    public LogId KnownLogId(string topic, int partition) => log.KnownLogId(topic, partition);

    public IGroupReader Join(string topic, string group) =>
        ++_joined <= refusals ? new RefusingReader(refusal ?? new RefluxException(ErrorCodes.BrokerUnavailable, "away", "wait")) : log.Join(topic, group);

    private sealed class RefusingReader(Exception refusal) : IGroupReader
    {
        public ValueTask<LogRecord?> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromException<LogRecord?>(refusal);

        public void Acknowledge(Position position) => throw new InvalidOperationException("nothing was read");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
