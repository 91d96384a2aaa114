namespace Orleans.Configuration;

/// <summary>How silos watch each other. A single-process engine has nobody to watch.</summary>
public class ClusterMembershipOptions
{
    /// <summary>How often a silo writes a sign of life into the membership table.</summary>
    public TimeSpan IAmAliveTablePublishTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
