using Microsoft.Extensions.Configuration;
using Reflux.Contracts.Errors;
using Reflux.Streaming;

namespace Reflux.Silo.Options;

/// <summary>Where options come from, each source over the one before: appsettings.json in the working directory, <c>REFLUX__Section__Key</c>, flags.</summary>
internal static class SiloConfiguration
{
    /// <summary>Begins the names of environment variables.</summary>
    public const string EnvironmentPrefix = "REFLUX__";

    /// <summary>The section of <see cref="Distillation.Compute.ComputeOptions"/>.</summary>
    public const string ComputeSection = "Compute";

    /// <summary>The section of <see cref="Distillation.Archive.ArchiveOptions"/>.</summary>
    public const string ArchiveSection = "Archive";

    private static readonly Dictionary<string, string> ShortFlags = new()
    {
        ["--data"] = "Silo:Data",
        ["--roles"] = "Silo:Roles",
        ["--name"] = "Silo:Name",
        ["--urls"] = "Http:Urls",
        ["--kafka"] = "Kafka:BootstrapServers",
    };

    private static readonly string[] Sections =
        [SiloSettings.Section, HttpSettings.Section, KafkaOptions.Section, OrleansSettings.Section, StoreSettings.Section, ArchiveSection, ComputeSection, "Logging"];

    /// <exception cref="RefluxException"><c>option-out-of-range</c>: a file that is no JSON, or a flag that is none.</exception>
    public static void Add(ConfigurationManager configuration, string[] args)
    {
        CheckFlags(args);
        try
        {
            configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true, reloadOnChange: false);
            configuration.AddEnvironmentVariables(EnvironmentPrefix);
            configuration.AddCommandLine(args, ShortFlags);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException)
        {
            throw new RefluxException(
                ErrorCodes.OptionOutOfRange, $"the configuration can't be read: {error.Message}", "Correct appsettings.json or the flags, and start again.", error);
        }
    }

    /// <summary>The command line provider passes over what it does not understand; a misspelt option should not start a silo with another value.</summary>
    private static void CheckFlags(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var key = args[i].Split('=')[0];
            var known = key.StartsWith("--", StringComparison.Ordinal)
                && (ShortFlags.ContainsKey(key) || Sections.Contains(key[2..].Split(':')[0], StringComparer.OrdinalIgnoreCase));
            // as the user wrote it: `reflux silo --set Section:Key=value` arrives here as --Section:Key=value
            var name = key.Contains(':') ? key.TrimStart('-') : key;
            if (!known)
            {
                throw Unknown($"'{name}' is no option of a silo");
            }

            if (!args[i].Contains('=') && ++i == args.Length)
            {
                throw Unknown($"'{name}' has no value");
            }
        }
    }

    private static RefluxException Unknown(string message) =>
        new(ErrorCodes.OptionOutOfRange, message, "Write --set Section:Key=value; `reflux silo --help` lists the short flags, docs/configuration.md every key.");
}
