using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Reflux.Contracts.Errors;
using Reflux.Silo.Options;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;

namespace Reflux.Silo;

/// <summary>The embedded broker's process: what <c>reflux broker</c> runs, and how a silo starts it.</summary>
public static class BrokerHost
{
    /// <summary>Runs the embedded broker of a data directory until it is told to stop or nobody has asked it anything for a while.</summary>
    /// <param name="args">The flags of a silo; the sections Silo (Data) and Kafka count.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>, or <c>broker-unavailable</c> where no port is free.</exception>
    public static async Task RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        using var configuration = new ConfigurationManager();
        SiloConfiguration.Add(configuration, args);
        var silo = ValidatedOptions.Read<SiloSettings>(configuration, SiloSettings.Section).Checked(new SiloSettingsValidator());
        var kafka = ValidatedOptions.Read<KafkaOptions>(configuration, KafkaOptions.Section).Checked(new KafkaOptionsValidator());
        using var loggers = LoggerFactory.Create(logging => SiloLogging.Add(logging, configuration));
        await EmbeddedBrokerHost.RunAsync(silo.DataDirectory, kafka, TimeProvider.System, loggers, cancellationToken);
    }

    /// <summary>This program again, as a broker for the directory and with the same topics.</summary>
    public static BrokerCommand CommandFor(string dataDirectory, KafkaOptions kafka)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("this process has no executable");
        var viaDotnet = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] self = viaDotnet ? [Assembly.GetEntryAssembly()!.Location] : [];
        return new BrokerCommand(program,
        [
            .. self,
            "broker",
            "--data", dataDirectory,
            "--set", $"Kafka:PromptPartitions={kafka.PromptPartitions}",
            "--set", $"Kafka:LabelPartitions={kafka.LabelPartitions}",
            "--set", string.Create(CultureInfo.InvariantCulture, $"Kafka:Embedded:IdleSeconds={kafka.Embedded.IdleSeconds}"),
        ]);
    }
}
