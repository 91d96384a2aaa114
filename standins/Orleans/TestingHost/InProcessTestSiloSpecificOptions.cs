namespace Orleans.TestingHost;

/// <summary>What differs from silo to silo.</summary>
public sealed class InProcessTestSiloSpecificOptions
{
    /// <summary>The silo's name.</summary>
    public string SiloName { get; set; } = "";

    /// <summary>The silo's port; this engine listens on none.</summary>
    public int SiloPort { get; set; }

    /// <summary>The gateway's port; this engine listens on none.</summary>
    public int GatewayPort { get; set; }
}
