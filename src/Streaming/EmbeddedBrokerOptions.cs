namespace Reflux.Streaming;

/// <summary>Settings of the embedded broker (section <c>Kafka:Embedded</c>).</summary>
public sealed class EmbeddedBrokerOptions
{
    /// <summary>Processes that may append to one partition at the same time, 1 to 32. Each gets a static share of 32 outstanding records.</summary>
    public int MaxProducers { get; set; } = 4;

    /// <summary>The broker's process ends after so many seconds without a request, 1 to 86,400.</summary>
    public double IdleSeconds { get; set; } = 60;

    /// <summary>How long to wait for a broker's process to answer after its start, seconds, 1 to 600.</summary>
    public double StartTimeoutSeconds { get; set; } = 20;
}
