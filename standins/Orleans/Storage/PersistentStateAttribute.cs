namespace Orleans.Runtime;

/// <summary>Marks a constructor parameter of type <see cref="IPersistentState{TState}"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The state's name within its grain.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The storage provider's name; null for the default one.</summary>
    public string? StorageName { get; } = storageName;
}
