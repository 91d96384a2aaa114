using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Reflux.Grains;
using Reflux.Silo.Options;
using Reflux.Silo.Storage;

namespace Reflux.Silo;

/// <summary>Orleans as Reflux runs it: one silo with state in files, or several with membership and state in a database.</summary>
internal static class OrleansHosting
{
    private const string Database = "database";

    /// <summary>A silo that joins waits for those of the table that are not there until they have missed three signs of life: this is what a restart costs after all were killed at once.</summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    public static void Configure(ISiloBuilder orleans, OrleansSettings settings, SiloSettings silo)
    {
        orleans.Services.Configure<SiloOptions>(options => options.SiloName = silo.EffectiveName);
        if (settings.UsesAdoNet)
        {
            UseDatabase(orleans, settings);
        }
        else
        {
            orleans.UseLocalhostClustering(FreePort(settings.SiloPort), FreePort(settings.GatewayPort), null, settings.ServiceId, settings.ClusterId);
            orleans.AddFileGrainStorage(GrainStorageNames.State, Path.Combine(silo.DataDirectory, "grains"));
        }
    }

    private static void UseDatabase(ISiloBuilder orleans, OrleansSettings settings)
    {
        orleans.Services.Configure<ClusterOptions>(options =>
        {
            options.ClusterId = settings.ClusterId;
            options.ServiceId = settings.ServiceId;
        });
        orleans.Services.Configure<EndpointOptions>(options =>
        {
            options.SiloPort = FreePort(settings.SiloPort);
            options.GatewayPort = FreePort(settings.GatewayPort);
            if (settings.AdvertisedIp.Length > 0)
            {
                options.AdvertisedIPAddress = IPAddress.Parse(settings.AdvertisedIp);
            }
        });
        orleans.Services.Configure<ClusterMembershipOptions>(options => options.IAmAliveTablePublishTimeout = SignOfLife);
        orleans.UseAdoNetClustering(options =>
        {
            options.Invariant = settings.Invariant;
            options.ConnectionString = settings.ConnectionString!;
        });
        orleans.AddAdoNetGrainStorage(Database, options =>
        {
            options.Invariant = settings.Invariant;
            options.ConnectionString = settings.ConnectionString!;
        });
        orleans.Services.AddGrainStorage(
            GrainStorageNames.State, (services, _) => new DatabaseGrainStorage(services.GetRequiredKeyedService<IGrainStorage>(Database)));
    }

    /// <summary>Orleans takes no port 0. The port found here could be taken by someone else before Orleans opens it; it then fails to start and says so.</summary>
    private static int FreePort(int port)
    {
        if (port != 0)
        {
            return port;
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
