namespace Reflux.Streaming.Tests;

public sealed class KafkaOptionsValidatorTests
{
    [Fact]
    public void The_defaults_and_a_cluster_with_settings_are_valid()
    {
        Assert.Empty(Failures(_ => { }));
        Assert.Empty(Failures(options =>
        {
            options.BootstrapServers = "kafka-1:9092, [::1]:9093";
            options.Settings["security.protocol"] = "SSL";
            options.Settings["linger.ms"] = "20";
        }));
        Assert.Empty(Failures(options =>
        {
            options.Settings["api.version.request"] = "false";
            options.Settings["enable.idempotence"] = "false";
            options.Settings["max.in.flight"] = "1";
        }));
    }

    public static TheoryData<Action<KafkaOptions>, string> Wrong => new()
    {
        { options => options.PromptPartitions = 0, "Kafka:PromptPartitions" },
        { options => options.LabelPartitions = 5000, "Kafka:LabelPartitions" },
        { options => options.ReplicationFactor = 0, "Kafka:ReplicationFactor" },
        { options => options.ConnectTimeoutSeconds = 0, "Kafka:ConnectTimeoutSeconds" },
        { options => options.ConnectTimeoutSeconds = double.NaN, "Kafka:ConnectTimeoutSeconds" },
        { options => options.DeliveryTimeoutSeconds = 1, "Kafka:DeliveryTimeoutSeconds" },
        { options => options.Embedded.MaxProducers = 33, "Kafka:Embedded:MaxProducers" },
        { options => options.Embedded.IdleSeconds = 0, "Kafka:Embedded:IdleSeconds" },
        { options => options.Embedded.StartTimeoutSeconds = 0, "Kafka:Embedded:StartTimeoutSeconds" },
        { options => options.BootstrapServers = "kafka-1", "'kafka-1'" },
        { options => options.BootstrapServers = "kafka-1:9092,kafka-2:0", "'kafka-2:0'" },
        { options => options.Settings["acks"] = "1", "Kafka:Settings:acks" },
        { options => options.Settings["api.version.request"] = "False", "Kafka:Settings:enable.idempotence" },
        {
            options =>
            {
                options.Settings["enable.idempotence"] = "false";
                options.Settings["max.in.flight.requests.per.connection"] = "5";
            },
            "Kafka:Settings:max.in.flight.requests.per.connection"
        },
        { options => options.Settings["auto.offset.reset"] = "earliest", "Kafka:Settings:auto.offset.reset" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_option_is_named(Action<KafkaOptions> change, string named) => Assert.Contains(named, Assert.Single(Failures(change)), StringComparison.Ordinal);

    private static IEnumerable<string> Failures(Action<KafkaOptions> change)
    {
        var options = new KafkaOptions();
        change(options);
        return new KafkaOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
