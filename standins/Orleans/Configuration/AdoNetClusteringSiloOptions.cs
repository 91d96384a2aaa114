namespace Orleans.Configuration;

/// <summary>Membership of several silos in a database; only official Orleans has it.</summary>
public class AdoNetClusteringSiloOptions
{
    /// <summary>The database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The database driver's invariant name.</summary>
    public string Invariant { get; set; } = null!;
}
