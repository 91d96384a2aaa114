using Microsoft.Extensions.Configuration;

namespace Reflux.Silo.Options;

/// <summary>How silos find each other and where grain state lives (section <c>Orleans</c>).</summary>
public sealed class OrleansSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Orleans";

    /// <summary>The key that says which kind of clustering.</summary>
    public const string ClusteringKey = "Orleans:Clustering";

    /// <summary>"Localhost": one silo, grain state in its data directory. "AdoNet": several silos, membership and grain state in a database.</summary>
    public string Clustering { get; set; } = "Localhost";

    /// <summary>The database of AdoNet clustering.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The ADO.NET provider of that database.</summary>
    public string Invariant { get; set; } = "Npgsql";

    /// <summary>Names the cluster; silos of one cluster have the same.</summary>
    public string ClusterId { get; set; } = "reflux";

    /// <summary>Names the service; grain state belongs to it.</summary>
    public string ServiceId { get; set; } = "reflux";

    /// <summary>Port between silos; 0 takes a free one.</summary>
    public int SiloPort { get; set; }

    /// <summary>Port for Orleans clients; 0 takes a free one.</summary>
    public int GatewayPort { get; set; }

    /// <summary>The address that other silos reach this one at; empty: loopback with Localhost, the machine's own with AdoNet.</summary>
    public string AdvertisedIp { get; set; } = "";

    /// <summary>True for AdoNet.</summary>
    public bool UsesAdoNet => Clustering.Equals("AdoNet", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Reads the section and blanks <see cref="ClusteringKey"/>: Orleans reads the same section by itself and takes that key for the head of a section
    /// of its own (<c>Orleans:Clustering:ProviderType</c>).
    /// </summary>
    /// <exception cref="Contracts.Errors.RefluxException"><c>option-out-of-range</c>.</exception>
    internal static OrleansSettings Take(ConfigurationManager configuration)
    {
        var settings = ValidatedOptions.Read<OrleansSettings>(configuration, Section);
        configuration[ClusteringKey] = null;
        return settings;
    }
}
