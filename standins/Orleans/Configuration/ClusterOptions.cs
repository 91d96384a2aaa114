namespace Orleans.Configuration;

/// <summary>Names the cluster.</summary>
public class ClusterOptions
{
    /// <summary>The cluster's name unless configured.</summary>
    public const string DefaultClusterId = "default";

    /// <summary>The service's name unless configured.</summary>
    public const string DefaultServiceId = "default";

    /// <summary>The cluster's name, shared by its silos.</summary>
    public string ClusterId { get; set; } = DefaultClusterId;

    /// <summary>The service's name, which outlives clusters.</summary>
    public string ServiceId { get; set; } = DefaultServiceId;
}
