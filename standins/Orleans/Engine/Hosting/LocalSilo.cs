using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

internal sealed class LocalSilo(
    IOptions<SiloOptions> silo, IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoint, TimeProvider clock) : ILocalSiloDetails
{
    private static readonly DateTimeOffset GenerationZero = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly int _generation = (int)(clock.GetUtcNow() - GenerationZero).TotalSeconds;

    public string Name => silo.Value.SiloName;

    public string ClusterId => cluster.Value.ClusterId;

    public string DnsHostName => Environment.MachineName;

    public SiloAddress SiloAddress => Address(endpoint.Value.SiloPort);

    public SiloAddress GatewayAddress => Address(endpoint.Value.GatewayPort);

    private SiloAddress Address(int port) =>
        SiloAddress.New(new IPEndPoint(endpoint.Value.AdvertisedIPAddress, port), _generation);
}
