namespace Orleans.Configuration;

/// <summary>Names the silo.</summary>
public class SiloOptions
{
    /// <summary>The silo's name; by default a random one.</summary>
    public string SiloName { get; set; } = null!;
}
