using System.Globalization;
using Confluent.Kafka;

namespace Reflux.Streaming.Internal;

/// <summary>The librdkafka settings of each kind of client: our defaults, the user's settings over them, and what Reflux rests on over both.</summary>
internal sealed class ClientSettings(KafkaOptions options, string address, bool embedded)
{
    /// <summary>Records on the embedded broker, and batches of small ones, stay within this, bytes.</summary>
    public const int EmbeddedBatchBytes = 64 * 1024;

    public ClientConfig Admin() => Build(_ => { }, _ => { });

    public ProducerConfig Producer() => new(Build(
        defaults =>
        {
            defaults["enable.idempotence"] = "true";
            if (!options.WritesOnce)
            {
                defaults["max.in.flight"] = "1"; // without sequence numbers a repeated request may overtake the next one
            }

            defaults["linger.ms"] = embedded ? "0" : "5";
            if (embedded)
            {
                // The unit that the embedded broker drops is a batch: one that holds read and unread records must stay small.
                defaults["batch.size"] = Number(EmbeddedBatchBytes);
            }
        },
        owned =>
        {
            owned["acks"] = "all";
            owned["message.timeout.ms"] = Number(options.DeliveryTimeoutSeconds * 1000);
        }));

    public ConsumerConfig Reader() => new(Build(Consuming, owned =>
    {
        // librdkafka wants a group's name even where nothing is committed
        owned["group.id"] = "reflux-reader";
        owned["enable.auto.commit"] = "false";
        owned["enable.auto.offset.store"] = "false";
        owned["auto.offset.reset"] = "error";
    }));

    /// <summary>Reads one record and no more.</summary>
    public ConsumerConfig Glance()
    {
        var reader = Reader();
        reader.Set("fetch.message.max.bytes", Number(2 * EmbeddedBatchBytes));
        return reader;
    }

    /// <summary>Reads and writes a group's offsets without being a member.</summary>
    public ConsumerConfig Outsider(string group)
    {
        var outsider = Reader();
        outsider.GroupId = group;
        outsider.Set("group.protocol", "classic");
        outsider.Set("session.timeout.ms", "6000"); // how long a commit waits for a coordinator, before it is tried again
        return outsider;
    }

    public ConsumerConfig GroupMember(string group) => new(Build(
        defaults =>
        {
            Consuming(defaults);
            // Classic rebalances take the embedded broker 5 to 16 s. With the newer protocol, Kafka 4's, the broker sets session and heartbeat times.
            defaults["group.protocol"] = options.Settings.GetValueOrDefault("group.protocol") ?? (embedded ? "consumer" : "classic");
            if (defaults["group.protocol"] == "classic")
            {
                defaults["partition.assignment.strategy"] = "cooperative-sticky";
                defaults["session.timeout.ms"] = "6000";
                defaults["heartbeat.interval.ms"] = "1000";

                // a member that a starting broker told of no topic gives its partitions up, and looks again only this often
                defaults["topic.metadata.refresh.interval.ms"] = "5000";
            }

            defaults["auto.commit.interval.ms"] = "100";
        },
        owned =>
        {
            owned["group.id"] = group;
            owned["enable.auto.commit"] = "true";
            owned["enable.auto.offset.store"] = "false";
            owned["auto.offset.reset"] = "error";
        }));

    private void Consuming(Dictionary<string, string> defaults)
    {
        // An empty fetch on the embedded broker sleeps the whole wait, and blocks the connection meanwhile.
        defaults["fetch.wait.max.ms"] = embedded ? "10" : "100";
        defaults["fetch.queue.backoff.ms"] = "10";
        defaults["fetch.error.backoff.ms"] = "100";
        defaults["queued.min.messages"] = "64";
        defaults["queued.max.messages.kbytes"] = "4096";
        defaults["fetch.message.max.bytes"] = "1048576";
        if (embedded)
        {
            defaults["isolation.level"] = "read_uncommitted";
        }
    }

    private ClientConfig Build(Action<Dictionary<string, string>> addDefaults, Action<Dictionary<string, string>> addOwned)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["client.id"] = "reflux",
            ["reconnect.backoff.ms"] = "50",
            ["reconnect.backoff.max.ms"] = "1000",
            ["enable.metrics.push"] = "false",
        };
        addDefaults(settings);
        foreach (var (key, value) in options.Settings)
        {
            settings[key] = value;
        }

        addOwned(settings);
        settings["bootstrap.servers"] = address;
        return new ClientConfig(settings);
    }

    private static string Number(double value) => ((long)value).ToString(CultureInfo.InvariantCulture);
}
