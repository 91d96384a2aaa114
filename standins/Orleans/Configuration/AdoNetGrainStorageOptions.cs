namespace Orleans.Configuration;

/// <summary>Grain state in a database; only official Orleans has it.</summary>
public class AdoNetGrainStorageOptions
{
    /// <summary>The database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The database driver's invariant name.</summary>
    public string Invariant { get; set; } = null!;
}
