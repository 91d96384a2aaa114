using Microsoft.Extensions.Configuration;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Archive;
using Reflux.Silo.Options;
using Reflux.Streaming;

namespace Reflux.Silo.Offline;

/// <summary>The settings of a silo, for what works on its files from another process, whether it runs or not.</summary>
internal sealed record OfflineSettings(SiloSettings Silo, StoreSettings Store, KafkaOptions Kafka, bool SharesStore)
{
    public string Checkpoints => Store.ResolveCheckpoints(Silo.DataDirectory, SharesStore);

    public ArchiveStore Archive => new(Store.ResolveArchive(Silo.DataDirectory));

    /// <param name="args">The flags of a silo.</param>
    /// <exception cref="RefluxException"><c>option-out-of-range</c>.</exception>
    public static OfflineSettings Read(string[] args)
    {
        using var configuration = new ConfigurationManager();
        SiloConfiguration.Add(configuration, args);
        var orleans = OrleansSettings.Take(configuration);
        var silo = ValidatedOptions.Read<SiloSettings>(configuration, SiloSettings.Section).Checked(new SiloSettingsValidator());
        var store = ValidatedOptions.Read<StoreSettings>(configuration, StoreSettings.Section).Checked(new StoreSettingsValidator(orleans));
        var kafka = LogSettings.Read(configuration);
        return Directory.Exists(silo.DataDirectory)
            ? new OfflineSettings(silo, store, kafka, orleans.UsesAdoNet)
            : throw new RefluxException(ErrorCodes.OptionOutOfRange, $"Silo:Data: {silo.DataDirectory} does not exist", "Name the data directory of a silo with --data.");
    }
}
