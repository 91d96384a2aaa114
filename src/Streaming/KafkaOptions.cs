namespace Reflux.Streaming;

/// <summary>Where the log is and how to talk to it (section <c>Kafka</c>).</summary>
public sealed class KafkaOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Kafka";

    /// <summary>Kafka's bootstrap servers, <c>host:port</c> separated by commas. Null or empty: the embedded broker.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>
    /// librdkafka settings passed through to every client as they are (for example <c>security.protocol</c>).
    /// Those that delivery and positions rest on (<see cref="KafkaOptionsValidator.Reserved"/>) are refused.
    /// </summary>
    public Dictionary<string, string> Settings { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Partitions of the prompts topic where it has to be created, 1 to 1024.</summary>
    public int PromptPartitions { get; set; } = 8;

    /// <summary>Partitions of the labels topic where it has to be created, 1 to 4096: the most lanes that there can be.</summary>
    public int LabelPartitions { get; set; } = 16;

    /// <summary>Replicas of a topic that has to be created; −1 leaves it to the cluster.</summary>
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>How long opening a connection waits for the broker, seconds, more than 0 and at most 3600.</summary>
    public double ConnectTimeoutSeconds { get; set; } = 30;

    /// <summary>How long a record, or a question to the broker, may wait for its answer before it fails, seconds, 10 to 3600.</summary>
    public double DeliveryTimeoutSeconds { get; set; } = 120;

    /// <summary>Settings of the embedded broker.</summary>
    public EmbeddedBrokerOptions Embedded { get; set; } = new();

    /// <summary>True where a producer that repeats a request can't leave a record twice; <c>enable.idempotence=false</c> is for brokers that can't tell.</summary>
    public bool WritesOnce => !IsOff("enable.idempotence");

    /// <summary>True for brokers before Kafka 0.10, which can't say what they understand (<c>api.version.request=false</c>).</summary>
    internal bool AsksForNoVersions => IsOff("api.version.request");

    /// <summary>True where no <see cref="BootstrapServers"/> are named.</summary>
    public bool UsesEmbeddedBroker => string.IsNullOrWhiteSpace(BootstrapServers);

    private bool IsOff(string setting) => Settings.TryGetValue(setting, out var value) && value.Trim().ToUpperInvariant() is "FALSE" or "F" or "0";
}
