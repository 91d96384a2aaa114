using Reflux.Streaming;

namespace Reflux.Cli.Bench.Logs;

/// <summary>How far a producer may be ahead. Both sides keep to the same.</summary>
/// <param name="Unread">Records that are sent and not read.</param>
/// <param name="Unacknowledged">Records that are sent and not acknowledged.</param>
internal sealed record ThroughputWindow(int Unread, int Unacknowledged)
{
    /// <summary>What <see cref="LogWriter"/> allows itself on the embedded broker as its only producer; the same elsewhere, where the broker would hold more.</summary>
    public static ThroughputWindow Standard { get; } = new(LogWriter.Mark, LogWriter.Outstanding);
}
