namespace Orleans;

/// <summary>Allows a type to cross a grain call; its members marked with <see cref="IdAttribute"/> travel.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether members of a primary constructor travel without an <see cref="IdAttribute"/>: records do by default.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; }
}
