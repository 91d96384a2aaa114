using Microsoft.Extensions.Configuration;
using Reflux.Contracts.Errors;

namespace Reflux.Silo.Options;

/// <summary>Where options come from, each source over the one before: appsettings.json in the working directory, <c>REFLUX__Section__Key</c>, flags.</summary>
internal static class SiloConfiguration
{
    /// <summary>Begins the names of environment variables.</summary>
    public const string EnvironmentPrefix = "REFLUX__";

    private static readonly Dictionary<string, string> ShortFlags = new()
    {
        ["--data"] = "Silo:Data",
        ["--roles"] = "Silo:Roles",
        ["--name"] = "Silo:Name",
        ["--urls"] = "Http:Urls",
        ["--kafka"] = "Kafka:BootstrapServers",
    };

    /// <exception cref="RefluxException"><c>option-out-of-range</c>: a file that is no JSON, or a flag that is none.</exception>
    public static void Add(ConfigurationManager configuration, string[] args)
    {
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
}
