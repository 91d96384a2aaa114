namespace Orleans.Configuration;

/// <summary>Options of the memory storage. The engine's memory needs none; they exist so that configuration written for it binds.</summary>
public class MemoryGrainStorageOptions
{
    /// <summary>How many storage grains hold the records; here one table does.</summary>
    public const int NumStorageGrainsDefaultValue = 10;

    /// <summary>How many storage grains hold the records.</summary>
    public int NumStorageGrains { get; set; } = NumStorageGrainsDefaultValue;
}
