using System.Net;

namespace Orleans.Configuration;

/// <summary>Where a silo listens. A single-process engine listens nowhere: these become the silo's address only.</summary>
public class EndpointOptions
{
    /// <summary>The silo's port unless configured.</summary>
    public const int DEFAULT_SILO_PORT = 11111;

    /// <summary>The gateway's port unless configured.</summary>
    public const int DEFAULT_GATEWAY_PORT = 30000;

    /// <summary>The address that others use.</summary>
    public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

    /// <summary>The silo's port.</summary>
    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    /// <summary>The port for clients; 0 for none.</summary>
    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;

    /// <summary>Where the silo binds, if elsewhere.</summary>
    public IPEndPoint? SiloListeningEndpoint { get; set; }

    /// <summary>Where the gateway binds, if elsewhere.</summary>
    public IPEndPoint? GatewayListeningEndpoint { get; set; }
}
