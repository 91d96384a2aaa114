using Microsoft.Extensions.Configuration;
using Reflux.Contracts.Errors;
using Reflux.Silo.Options;
using Reflux.Streaming;

namespace Reflux.Silo.Offline;

/// <summary>How to reach the log, for what reads it in another process than a silo's.</summary>
public static class LogSettings
{
    /// <summary>The section Kafka of a silo's settings.</summary>
    /// <param name="args">The flags of a silo.</param>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>.</exception>
    public static KafkaOptions Read(string[] args)
    {
        using var configuration = new ConfigurationManager();
        SiloConfiguration.Add(configuration, args);
        return Read(configuration);
    }

    internal static KafkaOptions Read(IConfiguration configuration) => ValidatedOptions.Read<KafkaOptions>(configuration, KafkaOptions.Section).Checked(new KafkaOptionsValidator());
}
