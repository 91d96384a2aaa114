using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Engine;

namespace Orleans.Hosting;

/// <summary>Several silos through a database: refused at start, because this engine is a single process.</summary>
public static class AdoNetHostingExtensions
{
    /// <summary>Refused when the silo starts.</summary>
    public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<AdoNetClusteringSiloOptions> configureOptions) =>
        builder.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) => options.Configure(configureOptions));

    /// <summary>Refused when the silo starts.</summary>
    public static ISiloBuilder UseAdoNetClustering(
        this ISiloBuilder builder, Action<OptionsBuilder<AdoNetClusteringSiloOptions>> configureOptions)
    {
        configureOptions(builder.Services.AddOptions<AdoNetClusteringSiloOptions>());
        return builder.Refuse("UseAdoNetClustering");
    }
}
