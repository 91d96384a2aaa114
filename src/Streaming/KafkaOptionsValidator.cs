using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Reflux.Streaming;

/// <summary>Says which Kafka option is wrong, what it may be, and what was found.</summary>
public sealed class KafkaOptionsValidator : IValidateOptions<KafkaOptions>
{
    /// <summary>librdkafka settings that Reflux owns: another value could lose records, or pass over them.</summary>
    public static IReadOnlySet<string> Reserved { get; } = new[]
    {
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "acks", "request.required.acks",
        "message.timeout.ms", "delivery.timeout.ms", "transactional.id", "enable.partition.eof", "group.instance.id", "test.mock.num.brokers",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] InFlight = ["max.in.flight", "max.in.flight.requests.per.connection"];

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        Within(nameof(options.PromptPartitions), options.PromptPartitions, 1, 1024);
        Within(nameof(options.LabelPartitions), options.LabelPartitions, 1, 4096);
        Within(nameof(options.ConnectTimeoutSeconds), options.ConnectTimeoutSeconds, 0.001, 3600);
        Within(nameof(options.DeliveryTimeoutSeconds), options.DeliveryTimeoutSeconds, 10, 3600);
        Within("Embedded:" + nameof(options.Embedded.MaxProducers), options.Embedded.MaxProducers, 1, 32);
        Within("Embedded:" + nameof(options.Embedded.IdleSeconds), options.Embedded.IdleSeconds, 1, 86_400);
        Within("Embedded:" + nameof(options.Embedded.StartTimeoutSeconds), options.Embedded.StartTimeoutSeconds, 1, 600);
        if (options.ReplicationFactor is 0 or < -1)
        {
            failures.Add($"{KafkaOptions.Section}:{nameof(options.ReplicationFactor)} must be −1 (the cluster's default) or at least 1; it is {options.ReplicationFactor}.");
        }

        foreach (var server in options.UsesEmbeddedBroker ? [] : options.BootstrapServers!.Split(','))
        {
            var colon = server.LastIndexOf(':');
            if (colon < 1 || !ushort.TryParse(server[(colon + 1)..], out var port) || port == 0)
            {
                failures.Add($"{KafkaOptions.Section}:{nameof(options.BootstrapServers)} must be host:port, separated by commas; '{server.Trim()}' is not.");
            }
        }

        if (options.AsksForNoVersions && options.WritesOnce)
        {
            failures.Add($"{KafkaOptions.Section}:{nameof(options.Settings)}:enable.idempotence must be false with api.version.request=false: brokers that old would refuse every record.");
        }

        failures.AddRange(options.WritesOnce ? [] : InFlight.Where(key => options.Settings.GetValueOrDefault(key, "1").Trim() != "1")
            .Select(key => $"{KafkaOptions.Section}:{nameof(options.Settings)}:{key} must be 1 with enable.idempotence=false: more would change the order of records; it is {options.Settings[key]}."));

        failures.AddRange(options.Settings.Keys.Where(Reserved.Contains)
            .Select(key => $"{KafkaOptions.Section}:{nameof(options.Settings)}:{key} is set by Reflux, which could lose records otherwise; remove it."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Within(string key, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
            {
                failures.Add(FormattableString.Invariant($"{KafkaOptions.Section}:{key} must be {low} to {high}; it is {value}."));
            }
        }
    }
}
